using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>
/// Piecewise linear activations. Where the sign of the output is that of the input, the rule reads the output: the input then ends at this node, and a
/// runtime may fuse the node into the convolution before it.
/// </summary>
internal static class Rectifiers
{
    internal static Gradient[] Relu(NodeGradient g) => [g.For(0, () => g.Emit.Masked(Positive(g, g.Out(0)), g.Output))];

    internal static Gradient[] LeakyRelu(NodeGradient g)
    {
        var slope = g.Node.Float("alpha", 0.01f);
        return [g.For(0, () => g.Emit.Where(Positive(g, slope >= 0 ? g.Out(0) : g.In(0)), g.Output, g.Emit.Mul(g.Output, slope)))];
    }

    internal static Gradient[] PRelu(NodeGradient g)
    {
        if (!g.Wants(0) && !g.Wants(1)) return g.NoneAtAll();
        var (e, x, dy) = (g.Emit, g.In(0), g.Output);
        var positive = Positive(g, x);
        return
        [
            g.For(0, () => e.Where(positive, dy, e.Mul(dy, g.In(1)))),
            g.ForBroadcast(1, () => e.Where(positive, e.Scalar(0, dy), e.Mul(dy, x))),
        ];
    }

    internal static Gradient[] ThresholdedRelu(NodeGradient g) =>
        [g.For(0, () => g.Emit.Masked(g.Emit.Greater(g.In(0), g.Emit.Scalar(g.Node.Float("alpha", 1), g.In(0))), g.Output))];

    internal static Gradient[] HardSigmoid(NodeGradient g) => [g.For(0, () =>
    {
        var (e, y) = (g.Emit, g.Out(0));
        var inside = e.Add("And", [Positive(g, y), e.Add("Less", [y, e.Scalar(1, y)])]);
        return e.Masked(inside, e.Mul(g.Output, g.Node.Float("alpha", 0.2f)));
    })];

    // y = x·max(0, min(1, x/6 + ½)): 0, x/3 + ½, 1.
    internal static Gradient[] HardSwish(NodeGradient g) => [g.For(0, () =>
    {
        var (e, x) = (g.Emit, g.In(0));
        var rising = e.Add(e.Mul(x, 1.0 / 3), 0.5);
        var slope = e.Where(e.Add("Less", [x, e.Scalar(3, x)]), e.Masked(e.Greater(x, e.Scalar(-3, x)), rising), e.Scalar(1, x));
        return e.Mul(g.Output, slope);
    })];

    private static Value Positive(NodeGradient g, Value x) => g.Emit.Greater(x, g.Emit.Scalar(0, x));
}
