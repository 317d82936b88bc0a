using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Reductions()
    {
        foreach (var op in (string[])["ReduceSum"])
        {
            yield return new(op, "one axis kept", [("x", Random(1, 2, 3, 4)), ("axes", Ints([1]))]) { Smooth = true };
            yield return new(op, "two axes dropped", [("x", Random(1, 2, 3, 4)), ("axes", Ints([0, -1]))], NodeAttribute.Of("keepdims", 0L)) { Smooth = true };
            yield return new(op, "all axes", [("x", Random(1, 2, 3))], NodeAttribute.Of("keepdims", 0L)) { Smooth = true };
            yield return new(op, "no axes, no reduction", [("x", Random(1, 2, 3))], NodeAttribute.Of("noop_with_empty_axes", 1L)) { Smooth = true };
        }
    }
}
