using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Powers, roots, exponentials and the other elementary functions.</summary>
internal static class Functions
{
    internal static Gradient[] Sqrt(NodeGradient g) => [g.For(0, () => g.Emit.Div(g.Emit.Mul(g.Output, 0.5), g.Out(0)))];

    internal static Gradient[] Reciprocal(NodeGradient g) =>
        [g.For(0, () => g.Emit.Neg(g.Emit.Mul(g.Output, g.Emit.Mul(g.Out(0), g.Out(0)))))];

    internal static Gradient[] Exp(NodeGradient g) => [g.For(0, () => g.Emit.Mul(g.Output, g.Out(0)))];

    internal static Gradient[] Log(NodeGradient g) => [g.For(0, () => g.Emit.Div(g.Output, g.In(0)))];

    internal static Gradient[] Sin(NodeGradient g) => [g.For(0, () => g.Emit.Mul(g.Output, g.Emit.Add("Cos", [g.In(0)])))];

    internal static Gradient[] Cos(NodeGradient g) => [g.For(0, () => g.Emit.Neg(g.Emit.Mul(g.Output, g.Emit.Add("Sin", [g.In(0)]))))];

    // 2/√π · e^(−x²)
    internal static Gradient[] Erf(NodeGradient g) => [g.For(0, () =>
    {
        var (e, x) = (g.Emit, g.In(0));
        return e.Mul(e.Mul(g.Output, 2 / Math.Sqrt(Math.PI)), e.Add("Exp", [e.Neg(e.Mul(x, x))]));
    })];

    // y = aᵇ. The base: b·a^(b−1), never through a logarithm, so negative bases have their gradient wherever y is a number.
    internal static Gradient[] Pow(NodeGradient g)
    {
        var (e, a) = (g.Emit, g.In(0));
        return [Base(), g.ForBroadcast(1, () => e.CastLike(e.Mul(e.Mul(g.Output, g.Out(0)), SafeLog()), g.In(1)))];

        Gradient Base()
        {
            if (g.Wants(1) || Constants.Resolve(g.In(1)) is not { Count: 1 } exponent) return g.ForBroadcast(0, General);
            return Number(exponent) switch
            {
                0 => Gradient.None,
                1 => g.ForBroadcast(0, () => g.Output),
                2 => g.ForBroadcast(0, () => e.Mul(g.Output, e.Mul(a, 2))),
                var b => g.ForBroadcast(0, () => e.Mul(g.Output, e.Mul(e.Add("Pow", [a, e.Scalar(b - 1, a)]), b))),
            };
        }

        // 0⁰ = 1 stays 1 near b = 0, where b·a^(b−1) would be 0·∞.
        Value General()
        {
            var b = e.CastLike(g.In(1), a);
            var zero = e.Scalar(0, a);
            var bothZero = e.Add("And", [e.Add("Equal", [a, zero]), e.Add("Equal", [b, zero])]);
            return e.Mul(g.Output, e.Mul(b, e.Add("Pow", [a, e.Where(bothZero, zero, e.Add(b, -1))])));
        }

        // ln a with 0 at a = 0: aᵇ·ln a tends to 0 there for b > 0.
        Value SafeLog() => e.Add("Log", [e.Where(e.Add("Equal", [a, e.Scalar(0, a)]), e.Scalar(1, a), a)]);
    }

    private static double Number(Tensor scalar) => scalar.Type == ElementType.Double ? scalar.Span<double>()[0] : scalar.ToFloats()[0];
}
