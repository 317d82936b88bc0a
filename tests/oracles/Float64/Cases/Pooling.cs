using static OnnxAudit.Tests.Oracles.Float64Tensor;
using A = OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Oracles;

internal static partial class EvaluatorCases
{
    private static IEnumerable<EvaluatorCase> Pooling()
    {
        A[] overlapping = [A.Of("kernel_shape", [3L, 3]), A.Of("strides", [2L, 2]), A.Of("pads", [1L, 1, 1, 1])];
        A[] uneven = [A.Of("kernel_shape", [3L, 2]), A.Of("strides", [2L, 3]), A.Of("pads", [1L, 0, 2, 1])];
        foreach (var op in (string[])["MaxPool", "AveragePool", "LpPool"])
        {
            var x = ("x", Random(1, 2, 3, 7, 8));
            yield return new(op, "overlapping, padded", [x], overlapping);
            yield return new(op, "uneven pads", [x], uneven);
            yield return new(op, "ceil", [x], [.. overlapping, A.Of("ceil_mode", 1)]);
            yield return new(op, "ceil, uneven", [x], [.. uneven, A.Of("ceil_mode", 1)]);
            yield return new(op, "ceil, last window in padding", [("x", Random(1, 1, 2, 6, 6))],
                A.Of("kernel_shape", [2L, 2]), A.Of("strides", [3L, 3]), A.Of("pads", [1L, 1, 1, 1]), A.Of("ceil_mode", 1));
            yield return new(op, "1-D", [("x", Random(1, 2, 3, 9))], A.Of("kernel_shape", [3L]), A.Of("strides", [2L]));
            yield return new(op, "3-D", [("x", Random(1, 1, 2, 4, 5, 4))], A.Of("kernel_shape", [2L, 3, 2]), A.Of("strides", [2L, 1, 1]), A.Of("pads", [0L, 1, 0, 0, 1, 1]));
            foreach (var auto in (string[])["SAME_UPPER", "SAME_LOWER", "VALID"])
                yield return new(op, auto, [x], A.Of("kernel_shape", [3L, 4]), A.Of("strides", [2L, 2]), A.Of("auto_pad", auto));
        }

        yield return new("MaxPool", "indices", [("x", Random(1, 2, 3, 7, 8))], overlapping) { Outputs = 2 };
        yield return new("MaxPool", "indices of ties", [("x", From([1, 1, 1, 1, 0, 1, 1, 1, 1], 1, 1, 3, 3))], A.Of("kernel_shape", [2L, 2])) { Outputs = 2 };
        yield return new("MaxPool", "dilations", [("x", Random(1, 1, 2, 8, 8))],
            A.Of("kernel_shape", [2L, 3]), A.Of("dilations", [3L, 2]), A.Of("pads", [0L, 1, 1, 0]))
        { Outputs = 2 };
        foreach (var (name, form) in ((string, A[])[])[("overlapping", overlapping), ("uneven", uneven), ("ceil", [.. overlapping, A.Of("ceil_mode", 1)]), ("uneven ceil", [.. uneven, A.Of("ceil_mode", 1)])])
            yield return new("AveragePool", $"padding counts, {name}", [("x", Random(1, 2, 2, 7, 8))], [.. form, A.Of("count_include_pad", 1)]) { Opset = 19 };
        yield return new("AveragePool", "dilations", [("x", Random(1, 1, 2, 8, 8))],
            A.Of("kernel_shape", [2L, 3]), A.Of("dilations", [3L, 2]), A.Of("pads", [0L, 1, 1, 0]))
        { Opset = 19 };
        yield return new("LpPool", "p 3", [("x", Random(1, 1, 2, 6, 6))], A.Of("kernel_shape", [2L, 2]), A.Of("p", 3));
        foreach (var op in (string[])["GlobalAveragePool", "GlobalMaxPool"])
        {
            yield return new(op, "2-D", [("x", Random(1, 2, 3, 4, 5))]);
            yield return new(op, "1-D", [("x", Random(1, 2, 3, 4))]);
        }
    }
}
