using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Activations()
    {
        foreach (var op in (string[])["Sigmoid", "Tanh", "Softplus", "Mish"])
            yield return new(op, "both signs", [("x", Random(1, 3, 4))]) { Smooth = true };
        yield return new("Softplus", "far out", [("x", From([-60, -20, 20, 60]))]);
        foreach (var op in (string[])["Elu", "Selu", "Celu"])
        {
            yield return new(op, "default", [("x", Away(1, 3, 4))]) { Smooth = true };
            yield return new(op, "alpha 0.4", [("x", Away(1, 3, 4))], NodeAttribute.Of("alpha", 0.4f)) { Smooth = true };
        }

        yield return new("Elu", "alpha -0.7", [("x", Away(1, 3, 4))], NodeAttribute.Of("alpha", -0.7f)) { Smooth = true };
        yield return new("Selu", "alpha 2, gamma 0.5", [("x", Away(1, 3, 4))], NodeAttribute.Of("alpha", 2f), NodeAttribute.Of("gamma", 0.5f)) { Smooth = true };
        yield return new("Softsign", "both signs", [("x", Away(1, 3, 4))]) { Smooth = true };

        yield return new("Swish", "default", [("x", Random(1, 3, 4))]) { Smooth = true, Opset = 24 };
        yield return new("Swish", "alpha 1.7", [("x", Random(1, 3, 4))], NodeAttribute.Of("alpha", 1.7f)) { Smooth = true, Opset = 24 };
        yield return new("Gelu", "exact", [("x", Random(1, 3, 4))]) { Smooth = true, Opset = 20 };
        yield return new("Gelu", "tanh", [("x", Random(1, 3, 4))], NodeAttribute.Of("approximate", "tanh")) { Smooth = true, Opset = 20 };
    }
}
