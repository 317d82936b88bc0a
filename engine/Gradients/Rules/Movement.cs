namespace OnnxAudit.Gradients.Rules;

/// <summary>Operators that move values or change shapes without arithmetic.</summary>
internal static class Movement
{
    internal static Gradient[] Identity(NodeGradient g) => [g.For(0, () => g.Output)];

    internal static Gradient[] Reshape(NodeGradient g) => [g.For(0, () => g.Emit.ReshapeLike(g.Output, g.In(0))), Gradient.None];

    internal static Gradient[] Expand(NodeGradient g) => [g.ForBroadcast(0, () => g.Output), Gradient.None];
}
