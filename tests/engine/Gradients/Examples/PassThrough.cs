using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients;

internal static partial class GradientExamples
{
    private static IEnumerable<GradientExample> PassThrough()
    {
        yield return new("Cast", "float to double", [("x", Random(1, 2, 3))], NodeAttribute.Of("to", (long)ElementType.Double)) { Smooth = true };
        yield return new("CastLike", "float to float", [("x", Random(1, 2, 3)), ("like", From([0]))]) { Smooth = true };
        yield return new("Dropout", "inference", [("x", Random(1, 2, 3))]) { Smooth = true };
        yield return new("Dropout", "ratio given, training off", [("x", Random(1, 2, 3)), ("ratio", From([0.3])), ("training_mode", new(ElementType.Bool, [], [0]))]) { With = ["x"] };
    }
}
