using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>A 3×3 convolution of 32 channels to 32 filters over 16×16, two samples.</summary>
internal sealed class FilterSaliencyExample : KernelExample
{
    private static readonly ConvShape Shape = ConvShape.Of([2, 32, 16, 16], [2, 32, 16, 16], [32, 32, 3, 3], 1, [], [], [1, 1, 1, 1]);

    private readonly float[] _x = Numbers(3, Shape.Samples * Shape.Channels * Shape.Input.Volume);
    private readonly float[] _gradient = Numbers(4, Shape.Samples * Shape.Filters * Shape.Output.Volume);
    private readonly float[] _result = new float[Shape.Samples * Shape.Filters];

    /// <inheritdoc/>
    public override string Kernel => "filter-saliency";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelForm> Forms => FilterSaliencyForm.All;

    /// <inheritdoc/>
    public override double Work => Shape.Operations;

    /// <inheritdoc/>
    public override IEnumerable<double> Results => _result.Select(value => (double)value);

    /// <inheritdoc/>
    public override KernelForm On(OpenClSession session) => FilterSaliencyForm.On(session);

    /// <inheritdoc/>
    public override void Run(KernelForm form) =>
        FilterSaliency.Run((FilterSaliencyForm)form, Shape, _x, _gradient, _result, (int)Shape.Filters, FilterAggregate.MeanAbs, [], threads: 1);
}
