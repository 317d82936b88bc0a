using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Reductions()
    {
        var (dropped, noop) = (NodeAttribute.Of("keepdims", 0L), NodeAttribute.Of("noop_with_empty_axes", 1L));
        foreach (var op in (string[])["ReduceSum", "ReduceMean", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMin", "ReduceProd"])
        {
            var (cube, matrix) = op == "ReduceLogSum" ? (Uniform(1, 0.5, 2, 2, 3, 4), Uniform(2, 0.5, 2, 2, 3)) : (Away(1, 2, 3, 4), Away(2, 2, 3));
            yield return new(op, "one axis kept", [("x", cube), ("axes", Ints([1]))]) { Smooth = true };
            yield return new(op, "two axes dropped", [("x", cube), ("axes", Ints([0, -1]))], dropped) { Smooth = true };
            yield return new(op, "negative axis dropped", [("x", matrix), ("axes", Ints([-2]))], dropped) { Smooth = true };
            yield return new(op, "all axes dropped", [("x", matrix)], dropped) { Smooth = true };
            yield return new(op, "all axes kept", [("x", matrix), ("axes", Ints([], 0))]) { Smooth = true };
            yield return new(op, "no axes, no reduction", [("x", matrix)], noop) { Smooth = true };
            yield return new(op, "scalar", [("x", From([1.5]))]);
        }

        yield return new("ReduceLogSumExp", "far out", [("x", From([500, 499, -500, -502], 2, 2)), ("axes", Ints([1]))]);
        yield return new("ReduceProd", "one zero and two", [("x", From([2, 0, 3, 0, 5, 0, 1, 2, 3], 3, 3)), ("axes", Ints([1]))]);
    }
}
