using static OnnxAudit.Tests.Oracles.Float64Tensor;
using A = OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Oracles;

internal static partial class EvaluatorCases
{
    private static IEnumerable<EvaluatorCase> Reductions()
    {
        foreach (var op in (string[])["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceProd", "ReduceLogSum", "ReduceLogSumExp"])
        {
            var x = ("x", op == "ReduceLogSum" ? Uniform(1, 0.1, 2, 2, 3, 4) : Random(1, 2, 3, 4));
            yield return new(op, "one axis", [x, ("axes", Ints([1]))]);
            yield return new(op, "two axes dropped", [x, ("axes", Ints([0, -1]))], A.Of("keepdims", 0));
            yield return new(op, "all", [x]);
            yield return new(op, "no axes, no reduction", [x], A.Of("noop_with_empty_axes", 1));
        }

        yield return new("ReduceMean", "axes as attribute", [("x", Random(1, 2, 3, 4))], A.Of("axes", [1L, 2L])) { Opset = 17 };
        var ties = ("x", From([1, 3, 3, 2, 0, 0, 5, 1], 2, 4));
        foreach (var op in (string[])["ArgMax", "ArgMin"])
        {
            yield return new(op, "first of ties", [ties], A.Of("axis", 1));
            yield return new(op, "last of ties, dropped", [ties], A.Of("axis", -1), A.Of("select_last_index", 1), A.Of("keepdims", 0));
            yield return new(op, "axis 0", [("x", Random(1, 3, 2, 2))]);
        }
    }

    private static IEnumerable<EvaluatorCase> Products()
    {
        yield return new("MatMul", "matrices", [("a", Random(1, 3, 4)), ("b", Random(2, 4, 5))]);
        yield return new("MatMul", "batch broadcast", [("a", Random(1, 2, 1, 3, 4)), ("b", Random(2, 5, 4, 2))]);
        yield return new("MatMul", "vector times matrix", [("a", Random(1, 4)), ("b", Random(2, 2, 4, 3))]);
        yield return new("MatMul", "matrix times vector", [("a", Random(1, 2, 3, 4)), ("b", Random(2, 4))]);
        yield return new("MatMul", "vectors", [("a", Random(1, 4)), ("b", Random(2, 4))]);
        foreach (var (transA, transB) in ((long, long)[])[(0, 0), (0, 1), (1, 0), (1, 1)])
            yield return new("Gemm", FormattableString.Invariant($"transA {transA}, transB {transB}"),
                [("a", transA == 0 ? Random(1, 2, 3) : Random(1, 3, 2)), ("b", transB == 0 ? Random(2, 3, 4) : Random(2, 4, 3)), ("c", Random(3, 2, 1))],
                A.Of("transA", transA), A.Of("transB", transB), A.Of("alpha", 0.5f), A.Of("beta", 1.5f));
        yield return new("Gemm", "no bias", [("a", Random(1, 2, 3)), ("b", Random(2, 3, 4))]);
        yield return new("Einsum", "batched product", [("a", Random(1, 2, 3, 4)), ("b", Random(2, 2, 4, 5))], A.Of("equation", "bij, bjk -> bik"));
        yield return new("Einsum", "no arrow", [("a", Random(1, 3, 4)), ("b", Random(2, 4, 2))], A.Of("equation", "ij,jk"));
        yield return new("Einsum", "diagonal", [("a", Random(1, 3, 3))], A.Of("equation", "ii->i"));
        yield return new("Einsum", "sum of all", [("a", Random(1, 2, 3))], A.Of("equation", "ij->"));
    }
}
