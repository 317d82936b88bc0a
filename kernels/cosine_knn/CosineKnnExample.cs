using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>The ten nearest of 512 rows of 256 features to 64 of them.</summary>
internal sealed class CosineKnnExample : KernelExample
{
    private const int Queries = 64, Rows = 512, Features = 256, Neighbours = 10;

    private readonly float[] _rows = Numbers(7, Rows * Features);
    private readonly int[] _index = new int[Queries * Neighbours];
    private readonly float[] _similarity = new float[Queries * Neighbours];

    /// <inheritdoc/>
    public override string Kernel => "cosine_knn";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelForm> Forms => CosineKnn.Forms;

    /// <inheritdoc/>
    public override double Work => 2.0 * Queries * Rows * Features;

    /// <inheritdoc/>
    public override IEnumerable<double> Results => _similarity.Select(value => (double)value);

    /// <inheritdoc/>
    public override KernelForm On(OpenClSession session) => CosineKnn.On(session);

    /// <inheritdoc/>
    public override void Run(KernelForm form) => CosineKnn.Nearest((ArgumentForm<CosineKnnArguments>)form, _rows.AsSpan(0, Queries * Features), _rows, Features,
        Neighbours, 0, _index, _similarity, threads: 1);
}
