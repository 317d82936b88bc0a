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
                NodeAttribute.Of("transA", transA), NodeAttribute.Of("transB", transB), NodeAttribute.Of("alpha", 0.5f), NodeAttribute.Of("beta", 1.5f)) { Smooth = true };
        yield return new("Gemm", "no bias", [("a", Random(1, 2, 3)), ("b", Random(2, 3, 4))]) { Smooth = true };
        yield return new("Gemm", "scalar bias", [("a", Random(1, 2, 3)), ("b", Random(2, 3, 4)), ("c", Random(3))]) { Smooth = true };
    }
}
