using OnnxAudit.Gradients;
using OnnxAudit.Graphs;

namespace OnnxAudit.Saliency;

/// <summary>How a convolution's window moves, auto_pad resolved; one number per spatial axis.</summary>
internal sealed record ConvWindow(long[] InputSizes, long[] OutputSizes, long[] KernelSizes, long[] Strides, long[] Dilations, long[] Begin, long[] End)
{
    /// <summary>Reads it off a Conv whose spatial sizes are known.</summary>
    internal static ConvWindow Of(Emitter emit, LayerSite site, Value output)
    {
        var (node, axes) = (site.Node, site.Dims.Length - 2);
        long[] Sizes(Value value) => [.. Enumerable.Range(2, axes).Select(axis => emit.SizeOf(value, axis))];
        long[] Ones() => [.. Enumerable.Repeat(1L, axes)];
        var (input, result, kernel) = (Sizes(site.Input), Sizes(output), site.Dims[2..]);
        var (strides, dilations) = (node.Ints("strides") ?? Ones(), node.Ints("dilations") ?? Ones());
        var pads = node.Ints("pads") ?? new long[2 * axes];
        var (begin, end) = (pads[..axes], pads[axes..]);
        var auto = node.Text("auto_pad", "NOTSET");
        for (var i = 0; i < axes; i++)
        {
            if (auto == "VALID") (begin[i], end[i]) = (0, 0);
            if (!auto.StartsWith("SAME", StringComparison.Ordinal)) continue;
            var total = Math.Max(0, (result[i] - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1 - input[i]);
            begin[i] = auto == "SAME_LOWER" ? (total + 1) / 2 : total / 2;
            end[i] = total - begin[i];
        }

        return new ConvWindow(input, result, kernel, strides, dilations, begin, end);
    }
}
