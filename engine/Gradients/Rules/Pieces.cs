using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Operators that join, cut and pad along axes.</summary>
internal static class Pieces
{
    // Sizes along the axis that are free are taken when the graph runs.
    internal static Gradient[] Concat(NodeGradient g)
    {
        var (emit, count) = (g.Emit, g.Node.Inputs.Count);
        if (count == 1) return [g.For(0, () => g.Output)];
        var axis = Known.Axis(g.Node.Int("axis", 0), emit.RankOf(g.In(0)));
        var sizes = Enumerable.Range(0, count).Select(i => emit.ShapeOf(g.In(i))[axis].Size).ToArray();
        var split = sizes.All(s => s is not null)
            ? emit.Ints([.. sizes.Select(s => s!.Value)])
            : emit.Add("Concat", [.. Enumerable.Range(0, count).Select(i => SizeAt(emit, g.In(i), axis))], NodeAttribute.Of("axis", 0L));
        var pieces = emit.Add("Split", [g.Output, split], count, NodeAttribute.Of("axis", (long)axis));
        return [.. Enumerable.Range(0, count).Select(i => g.For(i, () => pieces[i]))];
    }

    internal static Gradient[] Split(NodeGradient g) => Movement.First(g, () =>
    {
        Value?[] pieces = [.. Enumerable.Range(0, g.Node.Outputs.Count).Select(i => g.OutputAt(i) ?? g.Emit.ZerosLike(g.Out(i)))];
        return pieces.Length == 1 ? pieces[0]! : g.Emit.Add("Concat", pieces, NodeAttribute.Of("axis", g.Node.Int("axis", 0)));
    });

    // Axis by axis: zeros return to where the slice skipped.
    internal static Gradient[] Slice(NodeGradient g) => Movement.First(g, () =>
    {
        var (emit, shape, dy) = (g.Emit, g.Emit.ShapeOf(g.In(0)), g.Output);
        if (Cuts(g, shape) is not { } cuts)
            return AxisMap.ByNumber(emit, g.In(0), dy, numbers => emit.Add("Slice", [numbers, .. g.Node.Inputs.Skip(1)]));
        if (cuts.Any(c => c.From.Length == 0)) return emit.ZerosLike(g.In(0));
        foreach (var (axis, from) in cuts) dy = AxisMap.Unselect(emit, dy, axis, shape.Count, shape[axis].Size!.Value, from);
        return dy;
    });

    internal static Gradient[] Pad(NodeGradient g)
    {
        var mode = g.Node.Text("mode", "constant");
        Gradient[] gradients = [g.For(0, () => mode == "constant" ? Unpad(g) : Unfold(g, mode)), .. new Gradient[g.Node.Inputs.Count - 1]];
        if (mode == "constant" && g.Wants(2)) gradients[2] = OfFill(g);
        return gradients;
    }

    private static Value SizeAt(Emitter emit, Value value, int axis) => emit.ShapeOf(value)[axis].Size is { } size
        ? emit.Ints(size)
        : emit.Add("Shape", [value], NodeAttribute.Of("start", (long)axis), NodeAttribute.Of("end", axis + 1L));

    /// <summary>For each axis that is really cut, the positions it keeps; null when they are not known before the graph runs.</summary>
    private static List<(int Axis, long[] From)>? Cuts(NodeGradient g, IReadOnlyList<Dim> shape)
    {
        if (g.Ints(1) is not { } starts || g.Ints(2) is not { } ends) return null;
        var axes = g.Node.Input(3) is null ? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)] : g.Ints(3);
        var steps = g.Node.Input(4) is null ? [.. starts.Select(_ => 1L)] : g.Ints(4);
        if (axes is null || steps is null) return null;
        var cuts = new List<(int, long[])>();
        for (var i = 0; i < starts.Length; i++)
        {
            var axis = Known.Axis(axes[i], shape.Count);
            if (shape[axis].Size is not { } size)
            {
                // From 0 or before to the far end: all of it, whatever the size.
                if (steps[i] == 1 && starts[i] == 0 && ends[i] >= int.MaxValue) continue;
                return null;
            }

            var from = Positions(starts[i], ends[i], steps[i], size);
            if (from.Length < size || steps[i] < 0) cuts.Add((axis, from));
        }

        return cuts;
    }

    private static long[] Positions(long start, long end, long step, long size)
    {
        var (low, high) = step > 0 ? (0L, size) : (-1L, size - 1);
        start = Math.Clamp(start < 0 ? start + size : start, step > 0 ? low : 0, Math.Max(high, 0));
        end = Math.Clamp(end < 0 ? end + size : end, low, high);
        var kept = new List<long>();
        for (var i = start; step > 0 ? i < end : i > end; i += step) kept.Add(i);
        return [.. kept];
    }

    // What was added is cut off, what was cut off comes back as zeros: Pad with the opposite pads.
    private static Value Unpad(NodeGradient g)
    {
        var opposite = g.Ints(1) is { } pads ? g.Emit.Ints([.. pads.Select(p => -p)]) : g.Emit.Neg(g.In(1));
        return g.Emit.Add("Pad", [g.Output, opposite, g.Emit.Scalar(0, g.Output), .. g.Node.Input(3) is { } axes ? new[] { axes } : []]);
    }

    private static Gradient OfFill(NodeGradient g)
    {
        var (emit, rank) = (g.Emit, g.Emit.RankOf(g.In(0)));
        var filled = emit.Add("Pad", [emit.ZerosLike(g.In(0)), g.In(1), emit.Scalar(1, g.Output), .. g.Node.Input(3) is { } axes ? new[] { axes } : []]);
        var sum = emit.ReduceSum(emit.Mul(g.Output, filled), [.. Enumerable.Range(0, rank).Select(i => (long)i)], keep: false);
        return emit.ReshapeLike(sum, g.In(2));
    }

    // Padding from the tensor itself repeats elements: each sums over its copies.
    private static Value Unfold(NodeGradient g, string mode)
    {
        var (emit, x, dy) = (g.Emit, g.In(0), g.Output);
        var shape = emit.ShapeOf(x);
        var axes = g.Node.Input(3) is null ? [.. Enumerable.Range(0, shape.Count).Select(i => (long)i)] : g.Ints(3);
        if (g.Ints(1) is not { } pads || axes is null || axes.Where((a, i) => shape[Known.Axis(a, shape.Count)].Size is null && (pads[i], pads[axes.Length + i]) != (0, 0)).Any())
            return AxisMap.ByNumber(emit, x, dy, numbers => emit.Add("Pad", [numbers, .. g.Node.Inputs.Skip(1).Take(1), null, .. g.Node.Inputs.Skip(3)], NodeAttribute.Of("mode", mode)));
        for (var i = 0; i < axes.Length; i++)
        {
            var (before, after) = (pads[i], pads[axes.Length + i]);
            if (before == 0 && after == 0) continue;
            var axis = Known.Axis(axes[i], shape.Count);
            dy = AxisMap.Product(emit, dy, axis, shape.Count, Copies(mode, shape[axis].Size!.Value, before, after));
        }

        return dy;
    }

    // Negative pads cut first; what is left is then repeated.
    private static double[,] Copies(string mode, long size, long before, long after)
    {
        var (first, length) = (Math.Max(0, -before), size + Math.Min(0, before) + Math.Min(0, after));
        var copies = new double[size + before + after, size];
        for (var o = 0; o < copies.GetLength(0); o++)
        {
            var at = o - Math.Max(0, before);
            var period = Math.Max(1, 2 * (length - 1));
            var reflected = (at % period + period) % period;
            copies[o, first + mode switch
            {
                "edge" => Math.Clamp(at, 0, length - 1),
                "wrap" => (at % length + length) % length,
                _ => Math.Min(reflected, period - reflected),
            }] = 1;
        }

        return copies;
    }
}
