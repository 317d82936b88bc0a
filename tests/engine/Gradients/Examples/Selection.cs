using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Selection()
    {
        yield return new("Where", "same shapes", [("c", Bools([true, false, true, false], 2, 2)), ("a", Random(1, 2, 2)), ("b", Random(2, 2, 2))]) { Smooth = true };
        yield return new("Where", "all broadcast", [("c", Bools([true, false], 2, 1)), ("a", Random(1, 3)), ("b", Random(2))]) { Smooth = true };
        foreach (var op in (string[])["Max", "Min"])
        {
            yield return new(op, "one input", [("a", Random(1, 2, 3))]);
            yield return new(op, "two inputs", [("a", Random(1, 2, 3)), ("b", Random(2, 2, 3))]) { Smooth = true };
            yield return new(op, "three shapes", [("a", Random(1, 2, 3)), ("b", Random(2, 3)), ("c", Random(3, 2, 1))]) { Smooth = true };
            yield return new(op, "the middle one wanted", [("a", Random(1, 2, 3)), ("b", Random(2, 3)), ("c", Random(3, 2, 1))]) { With = ["b"] };
        }

        var (low, high) = (("min", From([-0.5])), ("max", From([0.75])));
        yield return new("Clip", "both bounds", [("x", Random(1, 3, 4)), low, high]) { Smooth = true };
        yield return new("Clip", "min only", [("x", Random(1, 3, 4)), low]);
        yield return new("Clip", "max only", [("x", Random(1, 3, 4)), OpModel.Omitted, high]);
        yield return new("Clip", "no bound", [("x", Random(1, 3, 4))]);
        yield return new("Clip", "crossed bounds", [("x", Random(1, 3, 4)), ("min", From([0.75])), ("max", From([-0.5]))]);
        yield return new("Clip", "constant bounds", [("x", Random(1, 3, 4)), low, high]) { With = ["x"] };
    }
}
