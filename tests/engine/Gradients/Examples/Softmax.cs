using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Softmax()
    {
        foreach (var op in (string[])["Softmax", "LogSoftmax"])
        {
            yield return new(op, "last axis", [("x", Random(1, 2, 5))]) { Smooth = true };
            foreach (var axis in (long[])[0, 1, -2])
                yield return new(op, FormattableString.Invariant($"axis {axis}"), [("x", Random(2, 2, 3, 4))], NodeAttribute.Of("axis", axis)) { Smooth = true };
            yield return new(op, "one class likely", [("x", From([8, 1, -2, 0, 9, 1], 2, 3))]) { Smooth = true };
        }
    }

    private static IEnumerable<GradientExample> ClassLosses()
    {
        var flat = Ints([2, 0, 1, 2]);
        var image = Ints([2, 0, 1, 1, 2, 0, 0, 1, 2, 1, 0, 2], 2, 3, 2);
        foreach (var op in (string[])["SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"])
            foreach (var reduction in (string[])["none", "sum", "mean"])
            {
                var by = NodeAttribute.Of("reduction", reduction);
                (string, Oracles.Float64Tensor) scores = ("scores", Random(1, 4, 3)), maps = ("scores", Random(2, 2, 3, 3, 2)), weights = ("weights", Uniform(3, 0.5, 2, 3));
                var two = op == "SoftmaxCrossEntropyLoss" ? 2 : 1;
                yield return new(op, $"{reduction}", [scores, ("labels", flat)], by) { Smooth = true };
                yield return new(op, $"{reduction}, images", [maps, ("labels", image)], by) { Smooth = true, Outputs = two };
                yield return new(op, $"{reduction}, weights", [scores, ("labels", flat), weights], by) { Smooth = true, Outputs = two };
                yield return new(op, $"{reduction}, weights on images", [maps, ("labels", image), weights], by) { };
                yield return new(op, $"{reduction}, one label ignored", [scores, ("labels", Ints([2, -100, 1, 2]))], by, NodeAttribute.Of("ignore_index", -100L)) { Smooth = true };
                yield return new(op, $"{reduction}, a class ignored, weights", [maps, ("labels", image), weights], by, NodeAttribute.Of("ignore_index", 1L)) { };
                yield return new(op, $"{reduction}, int32 labels", [scores, ("labels", new(ElementType.Int32, [4], flat.Values))], by) { };
            }
    }
}
