using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Convolution()
    {
        foreach (var op in (string[])["Conv", "ConvTranspose"])
        {
            GradientExample Case(string name, Float64Tensor x, Float64Tensor w, params NodeAttribute[] attributes) =>
                new(op, name, [("x", x), ("w", op == "Conv" ? w : new(w.Type, [w.Dims[1], w.Dims[0], .. w.Dims[2..]], w.Values))], attributes) { Smooth = true };

            yield return new(op, "bias", [("x", Random(1, 2, 2, 4, 5)), ("w", Random(2, 2, 2, 3, 2)), ("b", Random(3, 2))]) { Smooth = true };
            yield return Case("1D, dilation 2, pads 1 2", Random(1, 2, 2, 6), Random(2, 3, 2, 3), Each("dilations", 2), Each("pads", 1, 2));
            yield return Case("3D, strides 1 2 1", Random(1, 2, 1, 3, 4, 3), Random(2, 2, 1, 2, 2, 2), Each("strides", 1, 2, 1), Each("pads", 0, 1, 0, 1, 0, 1));
            yield return Case("1 by 1", Random(1, 2, 3, 3, 2), Random(2, 2, 3, 1, 1));
            yield return Case("same pads", Random(1, 2, 2, 4, 3), Random(2, 2, 2, 3, 3), Each("pads", 1, 1, 1, 1));
            yield return Case("asymmetric pads, strides 2 3", Random(1, 2, 2, 6, 7), Random(2, 2, 2, 3, 4), Each("pads", 0, 1, 2, 3), Each("strides", 2, 3));
            yield return Case("stride 3 over size 8, 2 unread", Random(1, 1, 2, 8, 8), Random(2, 2, 2, 3, 3), Each("strides", 3, 3));
            yield return Case("stride 2 and dilation 2", Random(1, 2, 2, 7, 6), Random(2, 2, 2, 2, 3), Each("strides", 2, 2), Each("dilations", 2, 2), Each("pads", 1, 2, 1, 2));
            yield return Case("pads beyond the kernel", Random(1, 2, 2, 4, 5), Random(2, 2, 2, 1, 2), Each("pads", 1, 2, 1, 2));
            foreach (var auto in (string[])["SAME_UPPER", "SAME_LOWER", "VALID"])
            {
                yield return Case($"{auto}, stride 1", Random(1, 1, 2, 4, 5), Random(2, 2, 2, 2, 4), NodeAttribute.Of("auto_pad", auto));
                yield return Case($"{auto}, strides 2 3", Random(1, 1, 2, 5, 6), Random(2, 2, 2, 3, 4), NodeAttribute.Of("auto_pad", auto), Each("strides", 2, 3));
            }
        }

        GradientExample Grouped(string name, long channels, Float64Tensor w, long groups, params NodeAttribute[] attributes) =>
            new("Conv", name, [("x", Random(1, 2, channels, 4, 5)), ("w", w)], [.. attributes, NodeAttribute.Of("group", groups)]) { Smooth = true };

        yield return Grouped("2 groups", 4, Random(2, 6, 2, 2, 3), 2, Each("pads", 1, 0, 0, 1));
        yield return Grouped("2 groups, stride 2", 4, Random(2, 6, 2, 2, 3), 2, Each("strides", 2, 2));
        yield return Grouped("depthwise", 3, Random(2, 3, 1, 3, 3), 3, Each("pads", 1, 1, 1, 1));
        yield return Grouped("depthwise, stride 2", 3, Random(2, 3, 1, 3, 3), 3, Each("pads", 1, 1, 1, 1), Each("strides", 2, 2));
        yield return Grouped("depthwise, 2 maps a channel", 3, Random(2, 6, 1, 2, 2), 3);
        yield return Grouped("1 map a group", 4, Random(2, 2, 2, 2, 2), 2);
        yield return new("ConvTranspose", "2 groups, stride 2", [("x", Random(1, 2, 4, 2, 3)), ("w", Random(2, 4, 3, 3, 2))], NodeAttribute.Of("group", 2L), Each("strides", 2, 2)) { Smooth = true };
        yield return new("ConvTranspose", "depthwise", [("x", Random(1, 2, 3, 3, 3)), ("w", Random(2, 3, 1, 2, 2))], NodeAttribute.Of("group", 3L)) { Smooth = true };
        yield return new("ConvTranspose", "output padding", [("x", Random(1, 2, 2, 3, 2)), ("w", Random(2, 2, 2, 3, 3))],
            Each("strides", 2, 3), Each("output_padding", 1, 2), Each("pads", 1, 0, 1, 1))
        { Smooth = true };
        yield return new("ConvTranspose", "output shape", [("x", Random(1, 2, 2, 3, 2)), ("w", Random(2, 2, 2, 3, 3))], Each("strides", 2, 3), Each("output_shape", 6, 5)) { Smooth = true };
    }

    private static NodeAttribute Each(string name, params long[] values) => NodeAttribute.Of(name, values);
}
