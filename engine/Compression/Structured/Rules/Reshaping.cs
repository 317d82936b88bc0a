using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Structured.Rules;

/// <summary>Operators that keep elements and change shapes.</summary>
internal static class Reshaping
{
    /// <summary>
    /// 1. Channels that lie along one axis afterwards too, each perhaps at several places, as behind a Flatten. 2. A channel shuffle: Reshape splits the channels' axis,
    /// Transpose exchanges the parts, Reshape joins them. Batches stay apart.
    /// </summary>
    internal static string? Reshape(NodeChannels n)
    {
        if (n.Map(0) is not { } x || n.Shape(0) is not { } from || n.ShapeOf(n.Node.Output(0)) is not { } to) return "shapes are not known";
        if (from.Count == 0 || to.Count == 0 || from[0] != to[0]) return "it mixes channels with the batch";
        if (Laid(x, from, to) is not { } laid) return Shuffle(n, x, from, to);
        if (n.Node.Is("Reshape"))
        {
            if (n.Numbers("shape", 1) is not { } entries || n.Node.Input(1) is null) return "its shape is computed";
            if (entries.Length != to.Count) return "its shape is not known";
            var stated = entries.ToArray();
            if (x.Axis != laid.Axis && x.Axis < stated.Length && stated[x.Axis] == 0)
            {
                // It copies the number of channels to an axis that is theirs no more.
                if (to[x.Axis].Size is not { } size) return "its shape is not known";
                stated[x.Axis] = size;
            }

            n.Changes(new SizeEntry(n.Node, 1, stated, laid.Axis, laid.Ids));
        }

        n.Gives(0, laid.Axis, laid.Ids);
        return null;
    }

    /// <summary>Axes in another order.</summary>
    internal static string? Transpose(NodeChannels n)
    {
        if (n.Map(0) is not { } x || n.Shape(0) is not { } shape) return "the shape of its input is not known";
        var order = Order(n.Node, shape.Count);
        if (order[0] != 0) return "it moves the batch";
        n.Gives(0, Array.IndexOf(order, x.Axis), x.Ids);
        return null;
    }

    // Element e of a sample holds channel (e / inner) mod C. An axis of the new shape holds one channel at each index where its steps divide the old ones'.
    private static ChannelMap? Laid(ChannelMap x, IReadOnlyList<Dim> from, IReadOnlyList<Dim> to)
    {
        if (x.Ids.Length < 2 || Product(from, x.Axis + 1) is not { } inner) return null;
        for (var axis = 1; axis < to.Count; axis++)
        {
            if (Product(to, axis + 1) is not { } step || to[axis].Size is not { } size) continue;
            if (step == 0 || inner % step != 0 || size * step % (inner * x.Ids.Length) != 0) continue;
            return new ChannelMap(axis, [.. Enumerable.Range(0, (int)size).Select(i => x.Ids[i * step / inner % x.Ids.Length])]);
        }

        return null;
    }

    private static string? Shuffle(NodeChannels n, ChannelMap x, IReadOnlyList<Dim> from, IReadOnlyList<Dim> to)
    {
        const string Reason = "it cuts the channels' axis, and what follows is no channel shuffle";
        var parts = to.Count - from.Count + 1;
        if (parts < 2 || n.Node.Output(0) is not { } cut || !NodeChannels.IsBetween(cut) || cut.Uses[0].Node is not { } exchange || !exchange.Is("Transpose")) return Reason;
        if (exchange.Output(0) is not { } exchanged || !NodeChannels.IsBetween(exchanged) || exchanged.Uses[0] is not { Index: 0, Node: { } join } || !join.Is("Reshape")) return Reason;
        if (n.ShapeOf(join.Output(0)) is not { } end || !end.SequenceEqual(from)) return Reason;
        var order = Order(exchange, to.Count);
        for (var axis = 0; axis < to.Count; axis++)
        {
            var isPart = axis >= x.Axis && axis < x.Axis + parts;
            if (!isPart && (order[axis] != axis || to[axis] != from[axis < x.Axis ? axis : axis - parts + 1])) return Reason;
            if (isPart && to[axis].Size is null) return Reason;
        }

        var sizes = Enumerable.Range(x.Axis, parts).Select(a => (int)to[a].Size!.Value).ToArray();
        if (sizes.Aggregate(1L, (a, b) => a * b) != x.Ids.Length) return Reason;
        var selected = Dealt(sizes, [.. order.Skip(x.Axis).Take(parts).Select(a => a - x.Axis)]);
        n.Passes(exchange, join);
        n.Changes(new ShuffledChannels([n.Node, exchange, join], x.Axis, x.Ids, selected));
        n.GivesTo(join.Outputs[0]!, x.Axis, [.. selected.Select(s => x.Ids[s])]);
        return null;
    }

    // Where each channel of the exchanged parts came from.
    private static int[] Dealt(int[] sizes, int[] order)
    {
        var from = new int[sizes.Aggregate(1, (a, b) => a * b)];
        for (var at = 0; at < from.Length; at++)
        {
            var (left, index) = (at, new int[sizes.Length]);
            for (var a = sizes.Length - 1; a >= 0; a--) (index[order[a]], left) = (left % sizes[order[a]], left / sizes[order[a]]);
            from[at] = index.Zip(sizes).Aggregate(0, (flat, part) => flat * part.Second + part.First);
        }

        return from;
    }

    private static int[] Order(Node node, int rank) => node.Ints("perm") is { } perm ? [.. perm.Select(p => (int)p)] : [.. Enumerable.Range(0, rank).Reverse()];

    private static long? Product(IReadOnlyList<Dim> shape, int start)
    {
        long product = 1;
        foreach (var dim in shape.Skip(start))
        {
            if (dim.Size is not { } size) return null;
            product *= size;
        }

        return product;
    }
}
