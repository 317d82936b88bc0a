using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Pooling()
    {
        foreach (var op in (string[])["MaxPool", "AveragePool", "LpPool"])
        {
            GradientExample Case(string name, Float64Tensor x, params NodeAttribute[] attributes) => new(op, name, [("x", x)], attributes) { Smooth = true };

            yield return Case("2 by 2, side by side", Random(1, 2, 2, 4, 6), Each("kernel_shape", 2, 2), Each("strides", 2, 2));
            yield return Case("side by side, a rest", Random(1, 2, 2, 5, 7), Each("kernel_shape", 2, 3), Each("strides", 2, 3));
            yield return Case("overlapping, padded", Random(1, 2, 2, 7, 6), Each("kernel_shape", 3, 3), Each("strides", 2, 2), Each("pads", 1, 1, 1, 1));
            yield return Case("stride 1, padded", Random(1, 2, 2, 4, 4), Each("kernel_shape", 3, 2), Each("pads", 1, 0, 1, 1));
            yield return Case("1D", Random(1, 2, 3, 9), Each("kernel_shape", 3), Each("strides", 2));
            yield return Case("3D", Random(1, 2, 1, 3, 4, 3), Each("kernel_shape", 2, 2, 2), Each("strides", 1, 2, 1));
            yield return Case("stride beyond the kernel", Random(1, 2, 2, 7, 8), Each("kernel_shape", 2, 2), Each("strides", 3, 3));
            yield return Case("ceil", Random(1, 2, 2, 6, 8), Each("kernel_shape", 3, 3), Each("strides", 2, 2), NodeAttribute.Of("ceil_mode", 1L));
            yield return Case("SAME_UPPER", Random(1, 2, 2, 5, 6), Each("kernel_shape", 2, 3), Each("strides", 2, 2), NodeAttribute.Of("auto_pad", "SAME_UPPER"));
            yield return Case("SAME_LOWER", Random(1, 2, 2, 5, 6), Each("kernel_shape", 2, 3), Each("strides", 2, 2), NodeAttribute.Of("auto_pad", "SAME_LOWER"));
        }

        yield return new("MaxPool", "dilation 2", [("x", Random(1, 2, 2, 7, 6))], Each("kernel_shape", 2, 3), Each("dilations", 2, 2)) { Smooth = true };
        yield return new("MaxPool", "columns counted first", [("x", Random(1, 2, 2, 5, 6))], Each("kernel_shape", 2, 2), NodeAttribute.Of("storage_order", 1L)) { Smooth = true };
        foreach (var ceil in (long[])[0, 1])
        {
            NodeAttribute[] padded = [NodeAttribute.Of("count_include_pad", 1L), NodeAttribute.Of("ceil_mode", ceil)];
            var name = ceil == 1 ? ", ceil" : "";
            yield return new("AveragePool", "pads counted" + name, [("x", Random(1, 2, 2, 5, 6))], [.. padded, Each("kernel_shape", 3, 3), Each("strides", 2, 2), Each("pads", 1, 1, 1, 1)]) { Smooth = true };
            yield return new("AveragePool", "pads counted, stride 1" + name, [("x", Random(1, 2, 2, 4, 3))], [.. padded, Each("kernel_shape", 3, 3), Each("pads", 1, 1, 1, 1)]) { Smooth = true };
        }

        yield return new("LpPool", "p 1", [("x", Random(1, 2, 2, 5, 6))], Each("kernel_shape", 2, 2), NodeAttribute.Of("p", 1L)) { Smooth = true };
        yield return new("LpPool", "p 3", [("x", Random(1, 2, 2, 5, 6))], Each("kernel_shape", 2, 2), NodeAttribute.Of("p", 3L)) { Smooth = true };
        foreach (var op in (string[])["GlobalAveragePool", "GlobalMaxPool"])
        {
            yield return new(op, "2D", [("x", Random(1, 2, 3, 3, 4))]) { Smooth = true };
            yield return new(op, "1D", [("x", Random(1, 2, 3, 4))]) { Smooth = true };
            yield return new(op, "3D", [("x", Random(1, 2, 2, 2, 3, 2))]) { Smooth = true };
        }
    }
}
