using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>A 3×3 convolution of 32 channels to 32 filters over 16×16, two samples; weights as small as a layer has them, so that outputs are about 1.</summary>
internal sealed class WinogradConvExample : KernelExample
{
    private const int Channels = 32, Side = 16, Samples = 2;

    private static readonly WinogradShape Shape = new(Samples, Side, Side, Side, Side, 1, 1);

    private readonly float[] _x = Numbers(7, Samples * Channels * Side * Side);
    private readonly float[] _y = new float[Samples * Channels * Side * Side];
    private readonly WinogradWeights _weights = WinogradWeights.Of([.. Numbers(8, Channels * Channels * 9).Select(w => w / 16)], Channels, Channels, edge: 4);

    /// <inheritdoc/>
    public override string Kernel => "winograd_conv";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelForm> Forms => WinogradConv.Forms;

    /// <summary>What a direct convolution would do.</summary>
    public override double Work => 2.0 * Samples * Channels * Channels * 9 * Side * Side;

    /// <inheritdoc/>
    public override IEnumerable<double> Results => _y.Select(value => (double)value);

    /// <inheritdoc/>
    public override KernelForm On(OpenClSession session) => throw new NotSupportedException("the Winograd convolution has no OpenCL form: its tensors are ONNX Runtime's, in the processor's memory");

    /// <inheritdoc/>
    public override void Run(KernelForm form) =>
        WinogradConv.Run((ArgumentForm<WinogradConvArguments>)form, Shape, _weights, _x, [], [], _y, 0, Shape.Rows(edge: 4));
}
