using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Smooth activations, and those with one bend at 0. Written from the output where that is cheaper than from the input.</summary>
internal static class Activations
{
    internal static Gradient[] Sigmoid(NodeGradient g) =>
        [g.For(0, () => g.Emit.Mul(g.Emit.Mul(g.Output, g.Out(0)), OneMinus(g, g.Out(0))))];

    internal static Gradient[] Tanh(NodeGradient g) => [g.For(0, () => g.Emit.Mul(g.Output, OneMinus(g, g.Emit.Mul(g.Out(0), g.Out(0)))))];

    // α·eˣ = y + α left of 0.
    internal static Gradient[] Elu(NodeGradient g) => Exponential(g, g.Node.Float("alpha", 1) >= 0, 1, dy =>
        g.Emit.Mul(dy, g.Emit.Add(g.Out(0), g.Node.Float("alpha", 1))));

    internal static Gradient[] Selu(NodeGradient g)
    {
        var (alpha, gamma) = (g.Node.Float("alpha", 1.67326319217681884765625f), g.Node.Float("gamma", 1.05070102214813232421875f));
        return Exponential(g, alpha >= 0 && gamma > 0, gamma, dy => g.Emit.Mul(dy, g.Emit.Add(g.Out(0), (double)gamma * alpha)));
    }

    // e^(x/α) = y/α + 1 left of 0.
    internal static Gradient[] Celu(NodeGradient g) => Exponential(g, true, 1, dy =>
        g.Emit.Mul(dy, g.Emit.Add(g.Emit.Mul(g.Out(0), 1.0 / g.Node.Float("alpha", 1)), 1)));

    internal static Gradient[] Softplus(NodeGradient g) => [g.For(0, () => g.Emit.Mul(g.Output, g.Emit.Add("Sigmoid", [g.In(0)])))];

    // 1/(1 + |x|)²
    internal static Gradient[] Softsign(NodeGradient g) => [g.For(0, () =>
    {
        var e = g.Emit;
        var below = e.Add(e.Add("Abs", [g.In(0)]), 1);
        return e.Div(g.Output, e.Mul(below, below));
    })];

    // y = x·s, s = sigmoid(αx): s + α·y·(1 − s).
    internal static Gradient[] Swish(NodeGradient g) => [g.For(0, () =>
    {
        var (e, x, alpha) = (g.Emit, g.In(0), g.Node.Float("alpha", 1));
        var s = e.Add("Sigmoid", [Times(g, x, alpha)]);
        return e.Mul(g.Output, e.Add(s, Times(g, e.Mul(g.Out(0), OneMinus(g, s)), alpha)));
    })];

    // y = x·t, t = tanh(softplus(x)): t + x·sigmoid(x)·(1 − t²).
    internal static Gradient[] Mish(NodeGradient g) => [g.For(0, () =>
    {
        var (e, x) = (g.Emit, g.In(0));
        var t = e.Add("Tanh", [e.Add("Softplus", [x])]);
        return e.Mul(g.Output, e.Add(t, e.Mul(e.Mul(x, e.Add("Sigmoid", [x])), OneMinus(g, e.Mul(t, t)))));
    })];

    internal static Gradient[] Gelu(NodeGradient g) => [g.For(0, () => g.Emit.Mul(g.Output, g.Node.Text("approximate", "none") == "tanh" ? TanhSlope(g) : ErfSlope(g)))];

    // Φ(x) + x·φ(x)
    private static Value ErfSlope(NodeGradient g)
    {
        var (e, x) = (g.Emit, g.In(0));
        var distribution = e.Mul(e.Add(e.Add("Erf", [e.Mul(x, Math.Sqrt(0.5))]), 1), 0.5);
        var density = e.Mul(e.Add("Exp", [e.Mul(e.Mul(x, x), -0.5)]), 1 / Math.Sqrt(2 * Math.PI));
        return e.Add(distribution, e.Mul(x, density));
    }

    // y = ½x(1 + t), t = tanh(u), u = √(2/π)(x + 0.044715x³): ½(1 + t) + ½x(1 − t²)u′.
    private static Value TanhSlope(NodeGradient g)
    {
        var (e, x, scale, cubic) = (g.Emit, g.In(0), Math.Sqrt(2 / Math.PI), 0.044715);
        var square = e.Mul(x, x);
        var t = e.Add("Tanh", [e.Mul(x, e.Add(e.Mul(square, scale * cubic), scale))]);
        var inner = e.Add(e.Mul(square, 1.5 * scale * cubic), 0.5 * scale);
        return e.Add(e.Mul(e.Add(t, 1), 0.5), e.Mul(e.Mul(x, OneMinus(g, e.Mul(t, t))), inner));
    }

    private static Gradient[] Exponential(NodeGradient g, bool sameSign, float right, Func<Value, Value> left) => [g.For(0, () =>
    {
        var x = sameSign ? g.Out(0) : g.In(0);
        var positive = g.Emit.Greater(x, g.Emit.Scalar(0, x));
        return g.Emit.Where(positive, Times(g, g.Output, right), left(g.Output));
    })];

    private static Value Times(NodeGradient g, Value x, float factor) => factor == 1 ? x : g.Emit.Mul(x, factor);

    private static Value OneMinus(NodeGradient g, Value x) => g.Emit.Sub(g.Emit.Scalar(1, x), x);
}
