namespace OnnxAudit.Gradients.Rules;

/// <summary>Activation functions of one input.</summary>
internal static class Activations
{
    internal static Gradient[] Relu(NodeGradient g) =>
        [g.For(0, () => g.Emit.Masked(g.Emit.Greater(g.In(0), g.Emit.Scalar(0, g.In(0))), g.Output))];
}
