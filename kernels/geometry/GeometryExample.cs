using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>1,024 rows of 512 features against ten classes.</summary>
internal sealed unsafe class GeometryExample : KernelExample
{
    private const int Rows = 1024, Features = 512, Classes = 10;

    private readonly float[] _features = Numbers(0, Rows * Features), _weights = Numbers(1, Classes * Features);
    private readonly double[] _norms;
    private readonly float[] _pairs = [.. Enumerable.Range(0, Classes * Classes).Select(i => i % (Classes + 1) == 0 ? 0 : 0.5f)];
    private readonly int[] _reference = [.. Enumerable.Range(0, Rows).Select(i => i % Classes)];
    private readonly double[] _scratch = new double[GeometryForm.BlockRows * Classes];
    private readonly float[] _angles = new float[Rows * Classes], _length = new float[Rows], _margin = new float[Rows];

    public GeometryExample() => _norms = [.. CosineKnn.InverseNorms(_weights, Features).Select(norm => (double)norm)];

    /// <inheritdoc/>
    public override string Kernel => "geometry";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelForm> Forms => GeometryForm.All;

    /// <inheritdoc/>
    public override double Work => 2.0 * Rows * Features * Classes;

    /// <inheritdoc/>
    public override IEnumerable<double> Results => _angles.Concat(_length).Concat(_margin).Select(value => (double)value);

    /// <inheritdoc/>
    public override KernelForm On(OpenClSession session) => GeometryForm.On(session);

    /// <inheritdoc/>
    public override void Run(KernelForm form)
    {
        fixed (float* x = _features, w = _weights, p = _pairs, a = _angles, l = _length, m = _margin)
        fixed (double* n = _norms, s = _scratch)
        fixed (int* r = _reference)
        {
            var arguments = new GeometryArguments
            {
                Rows = Rows,
                Features = Features,
                Classes = Classes,
                FeatureStride = Features,
                WeightStride = Features,
                PairRows = Classes,
                PairStride = Classes,
                AngleStride = Classes,
                ScratchLength = _scratch.Length,
                FeatureRows = x,
                WeightRows = w,
                InverseNorms = n,
                InversePairNorms = p,
                Reference = r,
                PairRow = r,
                Scratch = s,
                Angles = a,
                Length = l,
                Margin = m,
            };
            ((GeometryForm)form).Run(ref arguments);
        }
    }
}
