using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Sums, products and quotients, with broadcasting.</summary>
internal static class Arithmetic
{
    internal static Gradient[] Add(NodeGradient g) => [g.ForBroadcast(0, () => g.Output), g.ForBroadcast(1, () => g.Output)];

    internal static Gradient[] Sub(NodeGradient g) => [g.ForBroadcast(0, () => g.Output), g.ForBroadcast(1, () => g.Emit.Neg(g.Output))];

    internal static Gradient[] Mul(NodeGradient g) =>
        [g.ForBroadcast(0, () => g.Emit.Mul(g.Output, g.In(1))), g.ForBroadcast(1, () => g.Emit.Mul(g.Output, g.In(0)))];

    // y = a/b: dy/b, and −(dy/b)·y.
    internal static Gradient[] Div(NodeGradient g)
    {
        if (!g.Wants(0) && !g.Wants(1)) return g.NoneAtAll();
        var quotient = g.Emit.Div(g.Output, g.In(1));
        return [g.ForBroadcast(0, () => quotient), g.ForBroadcast(1, () => g.Emit.Neg(g.Emit.Mul(quotient, g.Out(0))))];
    }

    // y = a − b·k with the integer k = (a − y)/b, made whole again: constant between the jumps.
    internal static Gradient[] Mod(NodeGradient g)
    {
        var e = g.Emit;
        return
        [
            g.ForBroadcast(0, () => g.Output),
            g.ForBroadcast(1, () => e.Neg(e.Mul(g.Output, e.Add("Round", [e.Div(e.Sub(g.In(0), g.Out(0)), g.In(1))])))),
        ];
    }

    internal static Gradient[] Neg(NodeGradient g) => [g.For(0, () => g.Emit.Neg(g.Output))];

    internal static Gradient[] Abs(NodeGradient g) => [g.For(0, () => g.Emit.Mul(g.Output, g.Emit.Add("Sign", [g.In(0)])))];

    internal static Gradient[] Sum(NodeGradient g) => ToEach(g, () => g.Output);

    internal static Gradient[] Mean(NodeGradient g)
    {
        var count = g.Node.Inputs.Count;
        return ToEach(g, count == 1 ? () => g.Output : Once(() => g.Emit.Mul(g.Output, 1.0 / count)));
    }

    private static Gradient[] ToEach(NodeGradient g, Func<Value> make) =>
        [.. Enumerable.Range(0, g.Node.Inputs.Count).Select(i => g.ForBroadcast(i, make))];

    private static Func<Value> Once(Func<Value> make)
    {
        Value? made = null;
        return () => made ??= make();
    }
}
