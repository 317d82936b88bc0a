using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;
using A = OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Oracles;

internal static partial class EvaluatorCases
{
    // Halves, equal values and signed zero stand among the others for rounding and comparisons.
    private static readonly Float64Tensor Marked = From([-2.5, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2.5, 3], 2, 5);

    private static IEnumerable<EvaluatorCase> Elementwise()
    {
        foreach (var op in (string[])["Add", "Sub", "Mul", "Div"])
        {
            yield return new(op, "same shapes", [("a", Random(1, 3, 4)), ("b", Random(2, 3, 4))]);
            yield return new(op, "both broadcast", [("a", Random(1, 2, 1, 3)), ("b", Random(2, 4, 1))]);
            yield return new(op, "scalar", [("a", Random(1)), ("b", Random(2, 2, 2))]);
        }

        yield return new("Div", "integers", [("a", Ints([7, -7, 7, -7])), ("b", Ints([2, 2, -2, -2]))]);
        yield return new("Pow", "positive base", [("a", Uniform(1, 0.1, 3, 2, 3)), ("b", Random(2, 3))]);
        yield return new("Pow", "whole exponents", [("a", Random(1, 3)), ("b", Ints([2, 3, 0]))]);
        foreach (var op in (string[])["Sum", "Mean", "Min", "Max"])
        {
            yield return new(op, "three, broadcast", [("a", Random(1, 2, 1, 3)), ("b", Random(2, 4, 1)), ("c", Random(3, 3))]);
            yield return new(op, "one", [("a", Random(1, 2, 3))]);
        }

        foreach (var op in (string[])["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal"])
            yield return new(op, "with ties", [("a", Marked), ("b", From([0, -1.5, 1, 1, 3], 1, 5))]);
        foreach (var op in (string[])["And", "Or", "Xor"])
            yield return new(op, "broadcast", [("a", Bools([true, false], 2, 1)), ("b", Bools([true, false, true]))]);
        yield return new("Not", "bools", [("a", Bools([true, false]))]);
        yield return new("Where", "broadcast", [("c", Bools([true, false], 2, 1)), ("a", Random(1, 3)), ("b", Random(2, 2, 1))]);

        foreach (var op in (string[])["Neg", "Abs", "Exp", "Sign", "Erf", "Floor", "Ceil", "Round", "Sin", "Cos", "Tan", "Atan", "Sinh", "Cosh", "Asinh", "IsNaN", "Reciprocal"])
            yield return new(op, "marked values", [("x", op == "Reciprocal" ? From([-2, 0.5, 3]) : Marked)]);
        foreach (var op in (string[])["Sqrt", "Log", "Acosh"])
            yield return new(op, "positive", [("x", Uniform(1, op == "Acosh" ? 1.1 : 0.01, 5, 20))]);
        foreach (var op in (string[])["Asin", "Acos", "Atanh"])
            yield return new(op, "inside", [("x", Uniform(1, -0.95, 0.95, 20))]);
        yield return new("Erf", "far out", [("x", From([-7, -4, 1e-3, 4, 7]))]);
        yield return new("IsNaN", "specials", [("x", From([double.NaN, 1, double.PositiveInfinity]))]);
        yield return new("IsInf", "both", [("x", From([double.NegativeInfinity, 1, double.PositiveInfinity, double.NaN]))]);
        yield return new("IsInf", "negative only", [("x", From([double.NegativeInfinity, 1, double.PositiveInfinity]))], A.Of("detect_positive", 0));
        yield return new("Mod", "fmod", [("a", Random(1, 3, 4)), ("b", Uniform(2, 0.3, 1, 4))], A.Of("fmod", 1));
        yield return new("Mod", "integers", [("a", Ints([7, -7, 7, -7])), ("b", Ints([3, 3, -3, -3]))]);
        foreach (var to in (ElementType[])[ElementType.Float, ElementType.Int64, ElementType.Int32, ElementType.Bool, ElementType.Double])
            yield return new("Cast", FormattableString.Invariant($"to {to}"), [("x", Marked)], A.Of("to", (long)to));
        yield return new("Cast", "int64 to float", [("x", Ints([-3, 0, 70000]))], A.Of("to", (long)ElementType.Float));
        yield return new("CastLike", "to int64", [("x", Marked), ("like", Ints([1]))]);
    }
}
