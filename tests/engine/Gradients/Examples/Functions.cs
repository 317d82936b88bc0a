using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Functions()
    {
        foreach (var op in (string[])["Exp", "Erf", "Sin", "Cos"])
            yield return new(op, "both signs", [("x", Random(1, 2, 3))]) { Smooth = true };
        foreach (var op in (string[])["Sqrt", "Log"])
            yield return new(op, "positive", [("x", Uniform(1, 0.5, 3, 2, 3))]) { Smooth = true };
        yield return new("Reciprocal", "both signs", [("x", Away(1, 2, 3))]) { Smooth = true };

        yield return new("Pow", "base and exponent", [("a", Uniform(1, 0.5, 2, 2, 3)), ("b", Random(2, 2, 3))]) { Smooth = true };
        yield return new("Pow", "exponents broadcast", [("a", Uniform(1, 0.5, 2, 2, 3)), ("b", Random(2, 3))]) { Smooth = true };
        yield return new("Pow", "bases broadcast", [("a", Uniform(1, 0.5, 2, 1)), ("b", Random(2, 2, 3))]) { Smooth = true };
        foreach (var exponent in (double[])[1, 2, 3, -1])
            yield return new("Pow", FormattableString.Invariant($"to the power {exponent}"), [("a", Away(1, 2, 3)), ("b", From([exponent]))]) { With = ["a"], Smooth = true };
        yield return new("Pow", "to the power 0.5", [("a", Uniform(1, 0.5, 2, 2, 3)), ("b", From([0.5]))]) { With = ["a"], Smooth = true };
        yield return new("Pow", "negative bases, integer exponents", [("a", From([-2, -1.5, 0.5, -0.25])), ("b", From([3, 2, -2, 1]))]) { With = ["a"], Smooth = true };
        yield return new("Pow", "int64 exponents", [("a", From([-2, -1.5, 0.5, -0.25])), ("b", Ints([3, 2, 0, 1]))]) { Smooth = true };
        yield return new("Pow", "constant base", [("a", From([2])), ("b", Random(2, 2, 3))]) { With = ["b"], Smooth = true };
    }
}
