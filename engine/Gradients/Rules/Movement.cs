using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Operators that change shapes, repeat values or mask a triangle, without arithmetic between elements. CumSum stands here as it, too, is its own mirror.</summary>
internal static class Movement
{
    internal static Gradient[] Identity(NodeGradient g) => [g.For(0, () => g.Output)];

    // Flatten, Squeeze and Unsqueeze as well: same elements, same order.
    internal static Gradient[] Reshape(NodeGradient g) => First(g, () => g.Emit.ReshapeLike(g.Output, g.In(0)));

    internal static Gradient[] Expand(NodeGradient g) => [g.ForBroadcast(0, () => g.Output), Gradient.None];

    // y = x transposed by p: dx = dy transposed by p⁻¹. Without p the axes are reversed, which is its own inverse.
    internal static Gradient[] Transpose(NodeGradient g) => First(g, () =>
    {
        if (g.Node.Ints("perm") is not { } permutation) return g.Emit.Add("Transpose", [g.Output]);
        var inverse = new long[permutation.Length];
        for (var i = 0; i < permutation.Length; i++) inverse[permutation[i]] = i;
        return g.Emit.Transpose(g.Output, inverse);
    });

    // Every axis of dy is [repeats, size]: dx sums over the repeats.
    internal static Gradient[] Tile(NodeGradient g) => First(g, () =>
    {
        var (emit, shape) = (g.Emit, g.Emit.ShapeOf(g.In(0)));
        long[] sums = [.. Enumerable.Range(0, shape.Count).Select(i => 2L * i)];
        if (g.Ints(1) is { } repeats && shape.Count(d => d.Size is null) <= 1 && shape.All(d => d.Size != 0))
        {
            if (repeats.All(r => r == 1)) return g.Output;
            if (repeats.Contains(0)) return emit.ZerosLike(g.In(0));
            return emit.ReduceSum(emit.Reshape(g.Output, [.. shape.SelectMany((d, i) => new[] { repeats[i], d.Size ?? -1 })]), sums, keep: false);
        }

        var pairs = emit.Add("Concat", [emit.Reshape(g.In(1), -1, 1), emit.Reshape(emit.ShapeTensor(g.In(0)), -1, 1)], NodeAttribute.Of("axis", 1L));
        return emit.ReduceSum(emit.Add("Reshape", [g.Output, emit.Reshape(pairs, -1)], NodeAttribute.Of("allowzero", 1L)), sums, keep: false);
    });

    internal static Gradient[] DepthToSpace(NodeGradient g) => First(g, () =>
    {
        var block = g.Node.Int("blocksize", 1);
        var back = g.Emit.Add("SpaceToDepth", [g.Output], NodeAttribute.Of("blocksize", block));
        if (g.Node.Text("mode", "DCR") == "DCR") return back;
        // SpaceToDepth leaves channels as (block row, block column, c); CRD had them as (c, block row, block column).
        var (area, channels) = (block * block, g.Emit.SizeOf(g.In(0), 1) / (block * block));
        var from = new long[area * channels];
        for (var i = 0; i < from.Length; i++) from[i] = i % area * channels + i / area;
        return g.Emit.Add("Gather", [back, g.Emit.Ints(from)], NodeAttribute.Of("axis", 1L));
    });

    internal static Gradient[] SpaceToDepth(NodeGradient g) => First(g, () =>
        g.Emit.Add("DepthToSpace", [g.Output], NodeAttribute.Of("blocksize", g.Node.Int("blocksize", 1)), NodeAttribute.Of("mode", "DCR")));

    internal static Gradient[] CumSum(NodeGradient g) => First(g, () => g.Emit.Add("CumSum", [g.Output, g.In(1)],
        NodeAttribute.Of("exclusive", g.Node.Int("exclusive", 0)), NodeAttribute.Of("reverse", 1 - g.Node.Int("reverse", 0))));

    internal static Gradient[] Trilu(NodeGradient g) => First(g, () =>
        g.Emit.Add("Trilu", g.Node.Input(1) is { } diagonal ? [g.Output, diagonal] : [g.Output], NodeAttribute.Of("upper", g.Node.Int("upper", 1))));

    /// <summary>A gradient for the first input alone: the others hold shapes, axes or positions.</summary>
    internal static Gradient[] First(NodeGradient g, Func<Value> make) => [g.For(0, make), .. new Gradient[g.Node.Inputs.Count - 1]];
}
