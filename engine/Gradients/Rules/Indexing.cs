using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Reading and writing by position. What is read several times sums its gradients; writing takes each position once, or adds.</summary>
internal static class Indexing
{
    internal static Gradient[] Gather(NodeGradient g) => Movement.First(g, () =>
    {
        var (emit, x, rank) = (g.Emit, g.In(0), g.Emit.RankOf(g.In(0)));
        var axis = Known.Axis(g.Node.Int("axis", 0), rank);
        var width = emit.RankOf(g.In(1));
        if (emit.ShapeOf(x)[axis].Size is { } size && g.Ints(1) is { Length: > 0 } taken)
        {
            long[] from = [.. taken.Select(i => i < 0 ? i + size : i)];
            if (from.Distinct().Count() == from.Length) return AxisMap.Unselect(emit, OneAxis(g, axis, width), axis, rank, size, from);
        }

        // ScatterND writes along leading axes, so the axis goes first and comes back.
        long[] forth = [.. Range(axis, width), .. Range(0, axis), .. Range(axis + width, rank - axis - 1)];
        long[] swapped = [axis, .. Range(0, axis), .. Range(axis + 1, rank - axis - 1)];
        long[] back = [.. Range(1, axis), 0, .. Range(axis + 1, rank - axis - 1)];
        var zeros = emit.ZerosLike(x);
        var dy = g.Output;
        if (axis > 0) (zeros, dy) = (emit.Transpose(zeros, swapped), emit.Transpose(dy, forth));
        var sums = ScatterAdd(emit, zeros, emit.Add("Unsqueeze", [Long(emit, g.In(1)), emit.Ints(-1)]), dy);
        return axis > 0 ? emit.Transpose(sums, back) : sums;
    });

    internal static Gradient[] GatherElements(NodeGradient g) => Movement.First(g, () =>
        g.Emit.Add("ScatterElements", [g.Emit.ZerosLike(g.In(0)), g.In(1), g.Output], Axis(g), NodeAttribute.Of("reduction", "add")));

    internal static Gradient[] GatherND(NodeGradient g) => Movement.First(g, () =>
        ScatterAdd(g.Emit, g.Emit.ZerosLike(g.In(0)), WithBatch(g, (int)g.Node.Int("batch_dims", 0)), g.Output));

    internal static Gradient[] ScatterElements(NodeGradient g)
    {
        var (emit, dy) = (g.Emit, g.Output);
        return
        [
            g.For(0, () => Adds(g.Node) ? dy : emit.Add("ScatterElements", [dy, g.In(1), emit.ZerosLike(g.In(2))], Axis(g))),
            Gradient.None,
            g.For(2, () => emit.Add("GatherElements", [dy, g.In(1)], Axis(g))),
        ];
    }

    internal static Gradient[] ScatterND(NodeGradient g)
    {
        var (emit, dy) = (g.Emit, g.Output);
        return
        [
            g.For(0, () => Adds(g.Node) ? dy : emit.Add("ScatterND", [dy, g.In(1), emit.ZerosLike(g.In(2))])),
            Gradient.None,
            g.For(2, () => emit.Add("GatherND", [dy, g.In(1)])),
        ];
    }

    internal static string? RefusesReduction(Node node) =>
        node.Text("reduction", "none") is "none" or "add" ? null : $"no gradient rule for {node.OpType} with reduction '{node.Text("reduction", "none")}'";

    private static bool Adds(Node node) => node.Text("reduction", "none") == "add";

    private static NodeAttribute Axis(NodeGradient g) => NodeAttribute.Of("axis", g.Node.Int("axis", 0));

    private static Value ScatterAdd(Emitter emit, Value zeros, Value indices, Value updates) =>
        emit.Add("ScatterND", [zeros, indices, updates], NodeAttribute.Of("reduction", "add"));

    private static Value Long(Emitter emit, Value indices) =>
        emit.ElementOf(indices) == ElementType.Int64 ? indices : emit.Add("Cast", [indices], NodeAttribute.Of("to", (long)ElementType.Int64));

    private static long[] Range(int first, int count) => [.. Enumerable.Range(first, count).Select(i => (long)i)];

    /// <summary>dy with the axes of the indices made one.</summary>
    private static Value OneAxis(NodeGradient g, int axis, int width)
    {
        if (width == 1) return g.Output;
        if (width == 0) return g.Emit.Add("Unsqueeze", [g.Output, g.Emit.Ints(axis)]);
        var shape = g.Emit.ShapeOf(g.In(0));
        if (shape.Where((d, i) => i > axis && d.Size is null).Any())
        {
            var sizes = g.Emit.Add("Shape", [g.In(0)]);
            Value part(long from, long to) => g.Emit.Add("Slice", [sizes, g.Emit.Ints(from), g.Emit.Ints(to)]);
            return g.Emit.Add("Reshape", [g.Output, g.Emit.Add("Concat", [part(0, axis), g.Emit.Ints(-1), part(axis + 1, shape.Count)], NodeAttribute.Of("axis", 0L))]);
        }

        return g.Emit.Reshape(g.Output, [.. Enumerable.Repeat(0L, axis), -1, .. shape.Skip(axis + 1).Select(d => d.Size!.Value)]);
    }

    // ScatterND has no batch axes: their positions are put before the given ones.
    private static Value WithBatch(NodeGradient g, int batch)
    {
        var (emit, indices) = (g.Emit, g.In(1));
        if (batch == 0) return indices;
        var rank = emit.RankOf(indices);
        var column = emit.Add("Slice", [indices, emit.Ints(0), emit.Ints(1), emit.Ints(rank - 1)]);
        var parts = new List<Value?>();
        for (var axis = 0; axis < batch; axis++)
        {
            var ones = emit.Add("Expand", [emit.Scalar(1, indices), emit.Add("Shape", [column])]);
            parts.Add(emit.Add("CumSum", [ones, emit.Constant(Tensor.From<long>(ElementType.Int64, [], [axis]))], NodeAttribute.Of("exclusive", 1L)));
        }

        return emit.Add("Concat", [.. parts, indices], NodeAttribute.Of("axis", rank - 1L));
    }
}
