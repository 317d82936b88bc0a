using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Operators whose output is their input in another type, or their input itself when a model is not being trained.</summary>
internal static class PassThrough
{
    internal static Gradient[] Cast(NodeGradient g) => [BetweenFloats(g)];

    internal static Gradient[] CastLike(NodeGradient g) => [BetweenFloats(g), Gradient.None];

    internal static Gradient[] Dropout(NodeGradient g) => [g.For(0, () => g.Output), .. new Gradient[g.Node.Inputs.Count - 1]];

    internal static bool CastsToInteger(Node node) => !IsFloat((ElementType)node.Int("to", 0));

    internal static string? RefusesTraining(Node node)
    {
        if (node.Input(2) is not { } mode) return null;
        if (Constants.Resolve(mode) is not { } known) return "Dropout with a training_mode that is not constant";
        return known.Data.Span[0] == 0 ? null : "Dropout in training mode";
    }

    private static Gradient BetweenFloats(NodeGradient g) =>
        g.Wants(0) && IsFloat(g.Emit.ElementOf(g.In(0))) && IsFloat(g.Emit.ElementOf(g.Output)) ? g.Emit.CastLike(g.Output, g.In(0)) : Gradient.None;

    internal static bool IsFloat(ElementType type) => type is ElementType.Float or ElementType.Double or ElementType.Float16 or ElementType.BFloat16;
}
