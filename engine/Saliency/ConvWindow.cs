using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Rules;
using OnnxAudit.Graphs;

namespace OnnxAudit.Saliency;

/// <summary>How a convolution's window moves over sizes that are known; one number per spatial axis.</summary>
/// <param name="InputSizes">Of X.</param>
/// <param name="OutputSizes">Of Y.</param>
/// <param name="KernelSizes">Of a filter.</param>
/// <param name="Walk">Strides, dilations and pads, auto_pad resolved.</param>
internal sealed record ConvWindow(long[] InputSizes, long[] OutputSizes, long[] KernelSizes, Window Walk)
{
    /// <summary>Reads it off a Conv whose spatial sizes are known.</summary>
    internal static ConvWindow Of(Emitter emit, LayerSite site, Value output)
    {
        var axes = site.Dims.Length - 2;
        long[] Sizes(Value value) => [.. Enumerable.Range(2, axes).Select(axis => emit.SizeOf(value, axis))];
        var kernel = site.Dims[2..];
        return new ConvWindow(Sizes(site.Input), Sizes(output), kernel, Window.Of(emit, site.Node, site.Input, [.. kernel.Select(k => (long?)k)]));
    }
}
