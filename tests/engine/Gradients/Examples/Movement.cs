using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Movement()
    {
        yield return new("Identity", "matrix", [("x", Random(1, 2, 3))]) { Smooth = true };
        yield return new("Expand", "new axis and size 1", [("x", Random(1, 3, 1)), ("shape", Ints([2, 3, 4]))]) { Smooth = true };
        yield return new("Expand", "smaller than x", [("x", Random(1, 2, 3)), ("shape", Ints([1, 1]))]) { Smooth = true };
        yield return new("Reshape", "zero and minus one", [("x", Random(1, 2, 3, 4)), ("shape", Ints([0, -1]))]) { Smooth = true };
        yield return new("Reshape", "to a scalar", [("x", Random(1, 1, 1)), ("shape", Ints([]))]) { Smooth = true };
    }
}
