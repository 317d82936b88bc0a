namespace OnnxAudit.Gradients.Rules;

/// <summary>Sums, products and quotients, with broadcasting.</summary>
internal static class Arithmetic
{
    internal static Gradient[] Add(NodeGradient g) => [g.ForBroadcast(0, () => g.Output), g.ForBroadcast(1, () => g.Output)];

    internal static Gradient[] Sub(NodeGradient g) => [g.ForBroadcast(0, () => g.Output), g.ForBroadcast(1, () => g.Emit.Neg(g.Output))];

    internal static Gradient[] Mul(NodeGradient g) =>
        [g.ForBroadcast(0, () => g.Emit.Mul(g.Output, g.In(1))), g.ForBroadcast(1, () => g.Emit.Mul(g.Output, g.In(0)))];

    internal static Gradient[] Neg(NodeGradient g) => [g.For(0, () => g.Emit.Neg(g.Output))];
}
