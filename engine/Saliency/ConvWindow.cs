using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Rules;
using OnnxAudit.Graphs;

namespace OnnxAudit.Saliency;

/// <summary>How a convolution's window moves, auto_pad resolved; one number per spatial axis.</summary>
internal sealed record ConvWindow(long[] InputSizes, long[] OutputSizes, long[] KernelSizes, long[] Strides, long[] Dilations, long[] Begin, long[] End)
{
    /// <summary>Reads it off a Conv whose spatial sizes are known.</summary>
    internal static ConvWindow Of(Emitter emit, LayerSite site, Value output)
    {
        var axes = site.Dims.Length - 2;
        long[] Sizes(Value value) => [.. Enumerable.Range(2, axes).Select(axis => emit.SizeOf(value, axis))];
        var kernel = site.Dims[2..];
        var window = Window.Of(emit, site.Node, site.Input, [.. kernel.Select(k => (long?)k)]);
        return new ConvWindow(Sizes(site.Input), Sizes(output), kernel, window.Strides, window.Dilations, window.Before, window.After);
    }
}
