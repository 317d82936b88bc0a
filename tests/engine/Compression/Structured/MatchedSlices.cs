using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Compression.Structured;

/// <summary>
/// Reads off a shrunk model which filters and input slices of the original it kept, from the weights alone, and zeros all others in the original. It knows nothing of
/// how channels go through a graph: a removal that takes other channels at a consumer than at their maker gives another function.
/// </summary>
internal static class MatchedSlices
{
    /// <summary>Zeros in <paramref name="original"/> what <paramref name="shrunk"/> lacks; answers how many filters that were.</summary>
    public static int Zero(Model original, Model shrunk)
    {
        var removed = 0;
        foreach (var node in original.Graph.Nodes.ToArray())
        {
            var twin = shrunk.Graph.Nodes.SingleOrDefault(n => n.Name == node.Name && n.OpType == node.OpType);
            if (node.Is("BatchNormalization")) Norm(original.Graph, node, twin!);
            else if ((node.Is("Conv") || node.Is("Gemm") || node.Is("MatMul")) && node.Input(1)?.Initializer is { } weight) removed += Layer(original.Graph, node, weight, twin!);
        }

        return removed;
    }

    private static int Layer(Graph graph, Node node, Tensor weight, Node twin)
    {
        var small = twin.Input(1)!.Initializer!;
        Assert.Equal(node.Input(1)!.Name, twin.Input(1)!.Name);
        var (rows, columns) = Matched(weight, small);
        var values = weight.ToFloats();
        int height = (int)weight.Dims[0], width = (int)weight.Dims[1], inner = values.Length / height / width;
        for (var i = 0; i < values.Length; i++)
            if (!rows.Contains(i / inner / width) || !columns.Contains(i / inner % width)) values[i] = 0;
        Set(graph, node, 1, weight.Dims, values);
        var made = node.Is("Conv") || node.Int("transB", 0) != 0 ? rows : columns;
        if (node.Input(2)?.Initializer is { } bias)
        {
            var (all, kept) = (bias.ToFloats(), twin.Input(2)!.Initializer!.ToFloats());
            Assert.Equal(made.Select(m => all[m]), kept);
            Set(graph, node, 2, bias.Dims, [.. all.Select((b, i) => made.Contains(i) ? b : 0)]);
        }

        return (made == rows ? height : width) - made.Count;
    }

    // A channel is told by its four parameters together: single uniform numbers of 24 bits may meet.
    private static void Norm(Graph graph, Node node, Node twin)
    {
        static (float, float, float, float)[] Entries(Node n)
        {
            var p = Enumerable.Range(1, 4).Select(i => n.Input(i)!.Initializer!.ToFloats()).ToArray();
            return [.. p[0].Select((g, c) => (g, p[1][c], p[2][c], p[3][c]))];
        }

        var kept = Entries(twin).ToHashSet();
        var all = Entries(node);
        Assert.Equal(twin.Input(1)!.Initializer!.Count, all.Count(kept.Contains));
        for (var input = 1; input <= 3; input++)
        {
            var tensor = node.Input(input)!.Initializer!;
            Set(graph, node, input, tensor.Dims, [.. tensor.ToFloats().Select((v, c) => kept.Contains(all[c]) ? v : 0)]);
        }
    }

    // Each element votes for the places it stands at in the original; weights are distinct but for rare collisions of 24-bit numbers.
    private static (SortedSet<int> Rows, SortedSet<int> Columns) Matched(Tensor large, Tensor small)
    {
        var (from, to) = (large.ToFloats(), small.ToFloats());
        int width = (int)large.Dims[1], inner = from.Length / (int)large.Dims[0] / width;
        var at = from.Select((v, i) => (v, i)).ToLookup(p => p.v, p => p.i);
        int height2 = (int)small.Dims[0], width2 = (int)small.Dims[1];
        var (rows, columns) = (new int[height2], new int[width2]);
        for (var r = 0; r < height2; r++)
            rows[r] = Enumerable.Range(0, width2 * inner).SelectMany(i => at[to[r * width2 * inner + i]].Select(p => p / inner / width).Distinct()).CountBy(p => p).MaxBy(p => p.Value).Key;
        for (var c = 0; c < width2; c++)
            columns[c] = Enumerable.Range(0, height2).SelectMany(r => at[to[(r * width2 + c) * inner]].Select(p => p / inner % width).Distinct()).CountBy(p => p).MaxBy(p => p.Value).Key;
        for (var i = 0; i < to.Length; i++)
            Assert.Equal(from[(rows[i / inner / width2] * width + columns[i / inner % width2]) * inner + i % inner], to[i]);
        Assert.Equal((height2, width2), (rows.Distinct().Count(), columns.Distinct().Count()));
        return ([.. rows], [.. columns]);
    }

    private static void Set(Graph graph, Node node, int input, ReadOnlySpan<long> dims, float[] values) =>
        node.SetInput(input, graph.SetInitializer(graph.NewValue($"{node.Input(input)!.Name} zeroed").Name, Tensor.FromFloats(dims, values)));
}
