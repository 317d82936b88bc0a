using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Pools over windows and over all of space.</summary>
internal static class Pooling
{
    internal static Gradient[] MaxPool(NodeGradient g) => [g.For(0, () =>
    {
        var (emit, x) = (g.Emit, g.In(0));
        if (emit.ShapeOf(x).Skip(2).Concat(emit.ShapeOf(g.Out(0)).Skip(2)).All(d => d.Size is not null)) return MaxRoute.Back(emit, x, g.Out(0), g.Output, Window.Of(g, x, Kernel(g)));
        // Over free sizes by Indices: they count over the whole tensor, so everything is one axis. Windows that share no element write each position once.
        var window = Window.Of(g, x, Kernel(g));
        var disjoint = Enumerable.Range(0, window.Rank).All(i => window.Strides[i] >= window.Span(i));
        return Scattered(emit, x, emit.Reshape(Firsts(g), -1), emit.Reshape(g.Output, -1), 0, disjoint);
    })];

    internal static Gradient[] GlobalMaxPool(NodeGradient g) => [g.For(0, () =>
    {
        var (emit, x) = (g.Emit, g.In(0));
        var flat = emit.Reshape(x, 0, 0, -1);
        var first = emit.Add("ArgMax", [flat], NodeAttribute.Of("axis", 2L), NodeAttribute.Of("keepdims", 1L), NodeAttribute.Of("select_last_index", 0L));
        return Scattered(emit, flat, first, emit.Reshape(g.Output, 0, 0, -1), 2, disjoint: true, like: x);
    })];

    internal static Gradient[] AveragePool(NodeGradient g) => [g.For(0, () =>
    {
        var (emit, x, dy) = (g.Emit, g.In(0), g.Output);
        var window = Window.Of(g, x, Kernel(g));
        var padded = g.Node.Int("count_include_pad", 0) == 1;
        if (!window.Ceil && (padded || window.Pads.All(p => p == 0))) return PoolSum.Spread(emit, dy, x, window, 1 / window.Area);
        if (!window.Ceil && emit.ShapeOf(x).Skip(2).Any(d => d.Size is null)) return PoolSum.Spread(emit, PoolSum.Shared(emit, dy, x, window), x, window, 1);
        var counts = PoolSum.Counts(emit, x, dy, window, padded);
        return counts.Distinct().Count() == 1
            ? PoolSum.Spread(emit, dy, x, window, 1 / counts[0])
            : PoolSum.Spread(emit, emit.Mul(dy, emit.Constant([.. counts.Select(c => 1 / c)], dy, [.. emit.AxesFrom(dy, 2).Select(a => emit.SizeOf(dy, (int)a))])), x, window, 1);
    })];

    internal static Gradient[] GlobalAveragePool(NodeGradient g) => [g.For(0, () =>
    {
        var (emit, x, dy) = (g.Emit, g.In(0), g.Output);
        var space = emit.ShapeOf(x).Skip(2).ToArray();
        if (space.All(d => d.Size is not null)) return emit.ExpandLike(emit.Mul(dy, 1 / space.Aggregate(1.0, (a, d) => a * d.Size!.Value)), x);
        var count = emit.Add("ReduceProd", [emit.SizesOf(emit.From(x, 2))], NodeAttribute.Of("keepdims", 0L));
        return emit.ExpandLike(emit.Div(dy, emit.CastLike(count, dy)), x);
    })];

    // y = (Σ|x|ᵖ)^(1/p): dx = sign(x)·|x|^(p−1) · Σ dy·y^(1−p) over the windows that hold x.
    internal static Gradient[] LpPool(NodeGradient g) => [g.For(0, () =>
    {
        var (emit, x, dy, p) = (g.Emit, g.In(0), g.Output, g.Node.Int("p", 2));
        var window = Window.Of(g, x, Kernel(g));
        if (p == 1) return emit.Mul(emit.Add("Sign", [x]), PoolSum.Spread(emit, dy, x, window, 1));
        var y = g.Out(0);
        var zero = emit.Scalar(0, y);
        var safe = emit.Where(emit.Greater(y, zero), y, emit.Scalar(1, y));
        var share = emit.Masked(emit.Greater(y, zero), p == 2 ? emit.Div(dy, safe) : emit.Mul(dy, emit.Add("Pow", [safe, emit.Scalar(1 - p, y)])));
        var power = p == 2 ? x : emit.Mul(emit.Add("Sign", [x]), emit.Add("Pow", [emit.Add("Abs", [x]), emit.Scalar(p - 1, x)]));
        return emit.Mul(power, PoolSum.Spread(emit, share, x, window, 1));
    })];

    private static long?[] Kernel(NodeGradient g) => [.. g.Node.Ints("kernel_shape")!.Select(k => (long?)k)];

    // Where each maximum stood, the first of equals. storage_order 1 counts by columns: then the rows are counted by a pool of their own.
    private static Value Firsts(NodeGradient g)
    {
        if (g.Node.Int("storage_order", 0) == 0) return g.Out(1);
        return g.Emit.Add("MaxPool", [g.In(0)], 2, [.. g.Node.Attributes.Where(a => a.Name != "storage_order")])[1];
    }

    private static Value Scattered(Emitter emit, Value x, Value positions, Value updates, long axis, bool disjoint, Value? like = null)
    {
        var zeros = emit.ZerosLike(x);
        if (like is null) zeros = emit.Reshape(zeros, -1);
        NodeAttribute[] attributes = [NodeAttribute.Of("axis", axis), .. disjoint ? [] : new[] { NodeAttribute.Of("reduction", "add") }];
        return emit.ReshapeLike(emit.Add("ScatterElements", [zeros, positions, updates], attributes), like ?? x);
    }
}
