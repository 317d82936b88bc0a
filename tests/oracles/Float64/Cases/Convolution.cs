using static OnnxAudit.Tests.Oracles.Float64Tensor;
using A = OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Oracles;

internal static partial class EvaluatorCases
{
    private static IEnumerable<EvaluatorCase> Convolution()
    {
        yield return new("Conv", "1-D, bias", [("x", Random(1, 2, 3, 9)), ("w", Random(2, 4, 3, 3)), ("b", Random(3, 4))], A.Of("pads", [2L, 1]), A.Of("strides", [2L]));
        yield return new("Conv", "2-D", [("x", Random(1, 2, 3, 6, 5)), ("w", Random(2, 4, 3, 3, 2))]);
        yield return new("Conv", "groups, strides, dilations, asymmetric pads", [("x", Random(1, 2, 6, 9, 8)), ("w", Random(2, 4, 3, 3, 2)), ("b", Random(3, 4))],
            A.Of("group", 2), A.Of("strides", [2L, 3]), A.Of("dilations", [2L, 1]), A.Of("pads", [1L, 0, 2, 3]));
        yield return new("Conv", "depthwise", [("x", Random(1, 1, 4, 5, 5)), ("w", Random(2, 8, 1, 3, 3))], A.Of("group", 4), A.Of("pads", [1L, 1, 1, 1]));
        yield return new("Conv", "3-D", [("x", Random(1, 1, 2, 4, 5, 4)), ("w", Random(2, 3, 2, 2, 3, 1))], A.Of("strides", [1L, 2, 1]), A.Of("pads", [1L, 0, 0, 0, 1, 2]));
        foreach (var auto in (string[])["SAME_UPPER", "SAME_LOWER", "VALID"])
        {
            yield return new("Conv", auto, [("x", Random(1, 1, 2, 7, 6)), ("w", Random(2, 3, 2, 4, 3))], A.Of("auto_pad", auto), A.Of("strides", [2L, 2]));
            yield return new("ConvTranspose", auto, [("x", Random(1, 1, 2, 4, 3)), ("w", Random(2, 2, 3, 4, 3))], A.Of("auto_pad", auto), A.Of("strides", [2L, 2]));
        }

        yield return new("ConvTranspose", "1-D, bias", [("x", Random(1, 2, 3, 5)), ("w", Random(2, 3, 4, 3)), ("b", Random(3, 4))], A.Of("strides", [2L]), A.Of("pads", [1L, 0]));
        yield return new("ConvTranspose", "2-D", [("x", Random(1, 2, 3, 4, 3)), ("w", Random(2, 3, 2, 3, 2))]);
        yield return new("ConvTranspose", "groups, dilations, output padding", [("x", Random(1, 2, 4, 4, 3)), ("w", Random(2, 4, 3, 2, 3))],
            A.Of("group", 2), A.Of("strides", [3L, 2]), A.Of("dilations", [1L, 2]), A.Of("pads", [1L, 0, 0, 2]), A.Of("output_padding", [2L, 1]));
        yield return new("ConvTranspose", "output shape", [("x", Random(1, 1, 2, 4, 4)), ("w", Random(2, 2, 2, 3, 3))],
            A.Of("strides", [2L, 2]), A.Of("output_shape", [8L, 8]));
        yield return new("ConvTranspose", "output shape, same upper", [("x", Random(1, 1, 2, 4, 4)), ("w", Random(2, 2, 2, 3, 3))],
            A.Of("strides", [2L, 2]), A.Of("output_shape", [8L, 8]), A.Of("auto_pad", "SAME_UPPER"));
        yield return new("ConvTranspose", "3-D", [("x", Random(1, 1, 2, 2, 3, 2)), ("w", Random(2, 2, 2, 2, 1, 3))], A.Of("strides", [2L, 1, 2]));
        yield return new("Col2Im", "overlapping", [("x", Random(1, 2, 8, 9)), ("image", Ints([4, 4])), ("block", Ints([2, 2]))]);
        yield return new("Col2Im", "strides, dilations, pads", [("x", Random(1, 1, 6, 6)), ("image", Ints([5, 6])), ("block", Ints([3, 2]))],
            A.Of("strides", [2L, 2]), A.Of("dilations", [1L, 2]), A.Of("pads", [1L, 0, 0, 1]));
    }
}
