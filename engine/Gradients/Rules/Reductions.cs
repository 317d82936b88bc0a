using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Sums, means, extremes, products and norms over axes. The output, and its gradient, are broadcast back over the reduced axes.</summary>
internal static class Reductions
{
    internal static Gradient[] Sum(NodeGradient g) => OverAxes(g, (dy, x, _) => g.Emit.ExpandLike(dy, x));

    internal static Gradient[] Mean(NodeGradient g) => OverAxes(g, (dy, x, _) => g.Emit.ExpandLike(Divided(g, dy, x), x));

    internal static Gradient[] L1(NodeGradient g) => Over(g, (dy, x, _) => g.Emit.Mul(dy, g.Emit.Add("Sign", [x])));

    internal static Gradient[] SumSquare(NodeGradient g) => Over(g, (dy, x, _) => g.Emit.Mul(g.Emit.Mul(dy, 2), x));

    internal static Gradient[] L2(NodeGradient g) => Over(g, (dy, x, output) =>
    {
        var (e, y) = (g.Emit, output());
        var zero = e.Add("Equal", [y, e.Scalar(0, y)]);
        return e.Mul(e.Div(dy, e.Where(zero, e.Scalar(1, y), y)), x);
    });

    internal static Gradient[] LogSum(NodeGradient g) => Over(g, (dy, x, output) => g.Emit.ExpandLike(g.Emit.Div(dy, g.Emit.Add("Exp", [output()])), x));

    internal static Gradient[] LogSumExp(NodeGradient g) => OverAxes(g, (dy, x, output) => g.Emit.Mul(dy, g.Emit.Add("Exp", [g.Emit.Sub(x, output())])));

    /// <summary>ReduceMax and ReduceMin: shared evenly by the elements that attain the result.</summary>
    internal static Gradient[] Extreme(NodeGradient g) => OverAxes(g, (dy, x, output) =>
    {
        var e = g.Emit;
        var attains = e.CastLike(e.Add("Equal", [x, output()]), x);
        return e.Mul(attains, e.Div(dy, e.ReduceSum(attains, Axes(g), keep: true)));
    });

    // The product of the others: y/x would be 0/0 where x = 0, so zeros are counted apart.
    internal static Gradient[] Prod(NodeGradient g) => OverAxes(g, (dy, x, _) =>
    {
        var e = g.Emit;
        var isZero = e.Add("Equal", [x, e.Scalar(0, x)]);
        var one = e.CastLike(isZero, x);
        var otherZeros = e.Sub(e.ReduceSum(one, Axes(g), keep: true), one);
        var nonZero = e.Where(isZero, e.Scalar(1, x), x);
        var product = e.Add("ReduceProd", [nonZero, e.Ints(Axes(g))], NodeAttribute.Of("keepdims", 1L));
        return e.Mul(dy, e.Masked(e.Add("Equal", [otherZeros, e.Scalar(0, x)]), e.Div(product, nonZero)));
    });

    /// <summary>A reduction that is the identity where it has no axes.</summary>
    private static Gradient[] OverAxes(NodeGradient g, Func<Value, Value, Func<Value>, Value> rule) =>
        Over(g, (dy, x, output) => Axes(g).Length == 0 ? dy : rule(dy, x, output));

    /// <summary>The rule of a reduction from dy, x and y, the reduced axes kept at size 1. Without axes, norms and logarithms still act on every element.</summary>
    private static Gradient[] Over(NodeGradient g, Func<Value, Value, Func<Value>, Value> rule)
    {
        var gradients = g.NoneAtAll();
        gradients[0] = g.For(0, () => rule(Kept(g, g.Output), g.In(0), () => Kept(g, g.Out(0))));
        return gradients;
    }

    private static Value Kept(NodeGradient g, Value reduced) =>
        g.Node.Int("keepdims", 1) == 1 || Axes(g).Length == 0 ? reduced : g.Emit.Add("Unsqueeze", [reduced, g.Emit.Ints(Axes(g))]);

    private static Value Divided(NodeGradient g, Value dy, Value x)
    {
        var (e, shape) = (g.Emit, g.Emit.ShapeOf(x));
        var sizes = Axes(g).Select(a => shape[(int)(a < 0 ? a + shape.Count : a)].Size).ToArray();
        if (sizes.All(s => s is not null)) return e.Mul(dy, 1.0 / sizes.Aggregate(1L, (n, s) => n * s!.Value));
        return e.Div(dy, e.CastLike(e.Div(e.Add("Size", [x]), e.Add("Size", [dy])), dy));
    }

    private static long[] Axes(NodeGradient g) =>
        GivenAxes(g) is var given && (given.Length > 0 || g.Node.Int("noop_with_empty_axes", 0) == 1) ? given : [.. Enumerable.Range(0, g.Emit.RankOf(g.In(0))).Select(i => (long)i)];

    private static long[] GivenAxes(NodeGradient g)
    {
        if (g.Node.Input(1) is not { } axes) return [];
        if (Constants.Resolve(axes) is { } constant) return constant.Span<long>().ToArray();
        if (g.Emit.Shapes.ContentsOf(axes) is { } contents && contents.All(a => a.Size is not null)) return [.. contents.Select(a => a.Size!.Value)];
        throw g.Unsupported("axes that are not constant", "constant axes", "Fold the shape arithmetic first.");
    }
}
