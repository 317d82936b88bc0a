using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Linear()
    {
        foreach (var (transA, transB) in ((long, long)[])[(0, 0), (0, 1), (1, 0), (1, 1)])
            yield return new("Gemm", FormattableString.Invariant($"transA {transA}, transB {transB}, row bias"),
                [("a", transA == 0 ? Random(1, 2, 3) : Random(1, 3, 2)), ("b", transB == 0 ? Random(2, 3, 4) : Random(2, 4, 3)), ("c", Random(3, 4))],
                NodeAttribute.Of("transA", transA), NodeAttribute.Of("transB", transB), NodeAttribute.Of("alpha", 0.5f), NodeAttribute.Of("beta", 1.5f))
            { Smooth = true };
        yield return new("Gemm", "no bias", [("a", Random(1, 2, 3)), ("b", Random(2, 3, 4))]) { Smooth = true };
        foreach (var (name, bias) in ((string, long[])[])[("scalar", []), ("one number", [1]), ("row", [1, 4]), ("column", [2, 1]), ("full", [2, 4])])
            yield return new("Gemm", $"{name} bias", [("a", Random(1, 2, 3)), ("b", Random(2, 3, 4)), ("c", Random(3, bias))]) { Smooth = true };

        foreach (var (name, left, right) in ((string, long[], long[])[])[
            ("matrices", [2, 3], [3, 4]), ("vectors", [3], [3]), ("vector by matrix", [3], [3, 4]), ("matrix by vector", [2, 3], [3]),
            ("batches", [2, 2, 3], [2, 3, 4]), ("batch by matrix", [2, 2, 3], [3, 4]), ("matrix by batch", [2, 3], [2, 3, 4]),
            ("batches broadcast", [2, 1, 2, 3], [3, 3, 4]), ("vector by batch", [3], [2, 3, 4]), ("batch by vector", [2, 2, 3], [3]),
        ])
            yield return new("MatMul", name, [("a", Random(1, left)), ("b", Random(2, right))]) { Smooth = true };

        foreach (var (equation, shapes) in ((string, long[][])[])[
            ("ij,jk->ik", [[2, 3], [3, 4]]), ("bhid,bhjd->bhij", [[2, 2, 3, 2], [2, 2, 4, 2]]), ("ij->ji", [[2, 3]]), ("ij->i", [[2, 3]]), ("ij->", [[2, 3]]),
            ("ij,jk", [[2, 3], [3, 4]]), ("i,j->ij", [[2], [3]]), ("ij,k->i", [[2, 3], [4]]), ("ij,ij->", [[2, 3], [2, 3]]), ("bi,ij,bj->b", [[2, 3], [3, 4], [2, 4]]),
        ])
            yield return new("Einsum", equation, [.. shapes.Select((s, i) => (FormattableString.Invariant($"x{i}"), Random(i, s)))], NodeAttribute.Of("equation", equation)) { Smooth = true };
    }
}
