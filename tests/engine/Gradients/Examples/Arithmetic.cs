using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Arithmetic()
    {
        foreach (var op in (string[])["Add", "Sub", "Mul"])
        {
            yield return new(op, "same shapes", [("a", Random(1, 2, 3)), ("b", Random(2, 2, 3))]) { Smooth = true };
            yield return new(op, "row over matrix", [("a", Random(1, 2, 3)), ("b", Random(2, 3))]) { Smooth = true };
            yield return new(op, "both broadcast", [("a", Random(1, 2, 1, 3)), ("b", Random(2, 4, 1))]) { Smooth = true };
            yield return new(op, "scalar", [("a", Random(1)), ("b", Random(2, 2, 2))]) { Smooth = true };
        }

        yield return new("Neg", "matrix", [("x", Random(1, 2, 3))]) { Smooth = true };
    }
}
