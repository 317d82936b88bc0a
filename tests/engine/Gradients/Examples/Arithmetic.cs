using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Arithmetic()
    {
        foreach (var op in (string[])["Add", "Sub", "Mul", "Div"])
        {
            yield return new(op, "same shapes", [("a", Random(1, 2, 3)), ("b", Away(2, 2, 3))]) { Smooth = true };
            yield return new(op, "row over matrix", [("a", Random(1, 2, 3)), ("b", Away(2, 3))]) { Smooth = true };
            yield return new(op, "both broadcast", [("a", Random(1, 2, 1, 3)), ("b", Away(2, 4, 1))]) { Smooth = true };
            yield return new(op, "scalar", [("a", Random(1)), ("b", Away(2, 2, 2))]) { Smooth = true };
            yield return new(op, "left only", [("a", Random(1, 3)), ("b", Away(2, 2, 3))]) { With = ["a"] };
            yield return new(op, "right only", [("a", Random(1, 2, 3)), ("b", Away(2, 2, 1))]) { With = ["b"] };
        }

        yield return new("Neg", "matrix", [("x", Random(1, 2, 3))]) { Smooth = true };
        yield return new("Abs", "both signs", [("x", Away(1, 2, 3))]) { Smooth = true };
        yield return new("Mod", "fmod of both signs", [("a", From([5.3, -5.3, 7.9, 0.4])), ("b", From([2, 3, -3, 2]))], NodeAttribute.Of("fmod", 1L)) { Smooth = true };
        yield return new("Mod", "fmod by one divisor", [("a", From([5.3, -5.3, 7.9, 0.4])), ("b", From([2.5]))], NodeAttribute.Of("fmod", 1L));
        foreach (var op in (string[])["Sum", "Mean"])
        {
            yield return new(op, "three shapes", [("a", Random(1, 2, 3)), ("b", Random(2, 3)), ("c", Random(3, 2, 1))]) { Smooth = true };
            yield return new(op, "one input", [("a", Random(1, 2, 3))]) { Smooth = true };
        }
    }

    /// <summary>Numbers of both signs, none nearer to 0 than 0.1: no kink at 0 within reach of a step, no quotient by almost nothing.</summary>
    private static Oracles.Float64Tensor Away(int seed, params long[] dims)
    {
        var x = Random(seed, dims);
        return x.With([.. x.Values.Select(v => (double)(float)(v + (v < 0 ? -0.1 : 0.1)))]);
    }
}
