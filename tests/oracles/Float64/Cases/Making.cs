using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;
using A = OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Oracles;

internal static partial class EvaluatorCases
{
    private static IEnumerable<EvaluatorCase> Making()
    {
        yield return new("Constant", "tensor", [], A.Of("value", Tensor.FromFloats([2], [1.5f, -2])));
        yield return new("Constant", "float", [], A.Of("value_float", 1.5f));
        yield return new("Constant", "floats", [], A.Of("value_floats", [1.5f, 2f]));
        yield return new("Constant", "int", [], A.Of("value_int", 3));
        yield return new("Constant", "ints", [], A.Of("value_ints", [3L, 4]));
        yield return new("ConstantOfShape", "zeros", [("shape", Ints([2, 3]))]);
        yield return new("ConstantOfShape", "value", [("shape", Ints([2]))], A.Of("value", Tensor.From<long>(ElementType.Int64, [1], [7])));
        yield return new("Range", "integers", [("start", Int(1)), ("limit", Int(10)), ("delta", Int(3))]);
        yield return new("Range", "down", [("start", From([3])), ("limit", From([0])), ("delta", From([-0.75]))]);
        yield return new("EyeLike", "k 1", [("x", Random(1, 3, 4))], A.Of("k", 1));
        yield return new("EyeLike", "int64", [("x", Random(1, 3, 2))], A.Of("dtype", (long)ElementType.Int64));
        yield return new("OneHot", "last axis, outside", [("i", Ints([0, 2, -1, 5])), ("depth", Int(3)), ("values", From([-1, 2]))]);
        yield return new("OneHot", "axis 0", [("i", Ints([0, 2, 1, 1], 2, 2)), ("depth", Int(3)), ("values", From([0, 1]))], A.Of("axis", 0));

        var x = ("x", From([-300, -2.5, -0.75, -0.25, 0, 0.25, 0.75, 1.25, 2.5, 300, 1, -1], 2, 3, 2));
        var zero = ("zero", new Float64Tensor(ElementType.Int8, [], [3]));
        yield return new("QuantizeLinear", "int8, ties to even", [x, ("scale", From([0.5])), zero]);
        yield return new("QuantizeLinear", "uint8", [x, ("scale", From([0.5]))]);
        yield return new("QuantizeLinear", "axis 1", [x, ("scale", From([0.5, 0.25, 2])), ("zero", new Float64Tensor(ElementType.Int8, [3], [3, -1, 0]))]);
        var q = ("q", new Float64Tensor(ElementType.Int8, [2, 3], [-128, -1, 0, 1, 5, 127]));
        yield return new("DequantizeLinear", "int8", [q, ("scale", From([0.1])), zero]);
        yield return new("DequantizeLinear", "axis 1", [q, ("scale", From([0.5, 0.25, 2])), ("zero", new Float64Tensor(ElementType.Int8, [3], [3, -1, 0]))]);
        yield return new("DequantizeLinear", "axis 0, no zero point", [q, ("scale", From([0.5, 0.25]))], A.Of("axis", 0));
        yield return new("DynamicQuantizeLinear", "both signs", [("x", From([-1, 0.31, 2, 0.78, -0.2, 1.91]))]) { Outputs = 3 };
        yield return new("DynamicQuantizeLinear", "above 0", [("x", From([1, 0.31, 2.1, 0.8]))]) { Outputs = 3 };
        yield return new("DynamicQuantizeLinear", "below 0", [("x", From([-1, -0.31, -2.1, -0.8]))]) { Outputs = 3 };
        Float64Tensor Bytes(int seed, params long[] dims)
        {
            var random = new Random(seed);
            return new(ElementType.UInt8, dims, [.. Enumerable.Range(0, (int)Tensor.CountOf(dims)).Select(_ => (double)random.Next(256))]);
        }

        var (a, point) = (("a", Bytes(1, 3, 4)), ("a0", new Float64Tensor(ElementType.UInt8, [], [130])));
        yield return new("MatMulInteger", "one zero point each", [a, ("b", Bytes(2, 4, 2)), point, ("b0", new Float64Tensor(ElementType.UInt8, [], [77]))]);
        yield return new("MatMulInteger", "a zero point a column", [a, ("b", Bytes(2, 4, 2)), point, ("b0", new Float64Tensor(ElementType.UInt8, [2], [77, 128]))]);
        yield return new("MatMulInteger", "no zero points", [a, ("b", Bytes(2, 4, 2))]);
        yield return new("ConvInteger", "groups, padding, strides", [("x", Bytes(3, 2, 4, 5, 6)), ("w", Bytes(4, 4, 2, 3, 2)), point, ("w0", new Float64Tensor(ElementType.UInt8, [], [128]))],
            A.Of("group", 2), A.Of("pads", [1L, 0L, 1L, 1L]), A.Of("strides", [2L, 1L]));
    }
}
