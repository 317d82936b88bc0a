using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Rectifiers()
    {
        yield return new("Relu", "matrix", [("x", Away(1, 3, 4))]) { Smooth = true };
        yield return new("LeakyRelu", "default", [("x", Away(1, 3, 4))]);
        foreach (var slope in (float[])[0.3f, 0, -0.5f])
            yield return new("LeakyRelu", FormattableString.Invariant($"alpha {slope}"), [("x", Away(1, 3, 4))], NodeAttribute.Of("alpha", slope)) { Smooth = true };
        yield return new("PRelu", "a slope for each channel", [("x", Away(1, 2, 3, 4)), ("slope", Random(2, 3, 1))]) { Smooth = true };
        yield return new("PRelu", "one slope", [("x", Away(1, 2, 3)), ("slope", Random(2))]) { Smooth = true };
        yield return new("PRelu", "slope only", [("x", Away(1, 2, 3)), ("slope", Random(2, 3))]) { With = ["slope"] };
        yield return new("ThresholdedRelu", "default", [("x", From([-2, 0.5, 0.9, 1.1, 3]))]);
        yield return new("ThresholdedRelu", "alpha 0.7", [("x", From([-2, 0.5, 0.9, 1.1, 3]))], NodeAttribute.Of("alpha", 0.7f));
        yield return new("HardSigmoid", "default", [("x", From([-3, -2, -0.5, 0, 1, 2.4, 4]))]);
        yield return new("HardSigmoid", "alpha 0.5, beta 0.6", [("x", From([-3, -1, -0.5, 0, 0.7, 2.4, 4]))], NodeAttribute.Of("alpha", 0.5f), NodeAttribute.Of("beta", 0.6f));
        yield return new("HardSwish", "all three pieces", [("x", From([-4, -2.9, -1, 0, 1, 2.9, 4]))]) { Smooth = true };
    }
}
