using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> Activations()
    {
        yield return new("Relu", "matrix", [("x", Random(1, 3, 4))]);
    }
}
