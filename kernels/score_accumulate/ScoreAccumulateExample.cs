using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>|g·w| of a million weights.</summary>
internal sealed class ScoreAccumulateExample : KernelExample
{
    private const int Count = 1 << 20;

    private readonly float[] _gradient = Numbers(5, Count), _weight = Numbers(6, Count);
    private readonly double[] _sum = new double[Count];

    /// <inheritdoc/>
    public override string Kernel => "score_accumulate";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelForm> Forms => ScoreAccumulate.Forms;

    /// <inheritdoc/>
    public override double Work => Count * (2.0 * sizeof(float) + 2 * sizeof(double));

    /// <inheritdoc/>
    public override string Unit => "GB/s";

    /// <inheritdoc/>
    public override IEnumerable<double> Results => _sum;

    /// <inheritdoc/>
    public override KernelForm On(OpenClSession session) => ScoreAccumulate.On(session);

    /// <inheritdoc/>
    public override void Reset() => Array.Clear(_sum);

    /// <inheritdoc/>
    public override void Run(KernelForm form) =>
        ScoreAccumulate.Add((ArgumentForm<ScoreAccumulateArguments>)form, ScoreTerm.AbsoluteProduct, _gradient, _weight, _sum);
}
