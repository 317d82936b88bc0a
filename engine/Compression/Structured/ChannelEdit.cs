using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Structured;

/// <summary>What must change at a node, beside its weights, when channels go. Made by the walk, applied once channels are chosen.</summary>
internal abstract class ChannelEdit
{
    /// <summary>Changes the graph; nothing where no channel it names goes.</summary>
    public abstract void Apply(Graph graph, Removal removal);

    /// <summary>Gives a node a list of integers of its own, of the type of the one it had.</summary>
    protected static void SetNumbers(Graph graph, Node node, int input, long[] numbers)
    {
        var old = node.Input(input);
        var narrow = old is not null && Onnx.Constants.Resolve(old) is { Type: ElementType.Int32 };
        var tensor = narrow ? Tensor.From<int>(ElementType.Int32, [numbers.Length], [.. numbers.Select(n => checked((int)n))]) : Tensor.From<long>(ElementType.Int64, [numbers.Length], numbers);
        node.SetInput(input, graph.SetInitializer(graph.NewValue($"{old?.Name ?? node.Outputs[0]!.Name}/kept").Name, tensor));
    }
}

/// <summary>The number of groups of a grouped convolution: whole groups go, with all they read and make.</summary>
internal sealed class GroupCount(Node node, int[] inputs, int inputsPerGroup) : ChannelEdit
{
    public override void Apply(Graph graph, Removal removal)
    {
        if (removal.TakesAny(inputs)) node.Set(NodeAttribute.Of("group", (long)(removal.Kept(inputs) / inputsPerGroup)));
    }
}

/// <summary>A size among those given to a Reshape or a Resize. Negative ones, which are found at run time, stay.</summary>
internal sealed class SizeEntry(Node node, int input, long[] entries, int index, int[] ids) : ChannelEdit
{
    public override void Apply(Graph graph, Removal removal)
    {
        if (!removal.TakesAny(ids)) return;
        long[] changed = [.. entries];
        if (changed[index] >= 0) changed[index] = removal.Kept(ids);
        SetNumbers(graph, node, input, changed);
    }
}

/// <summary>The sizes of a Split along the channels.</summary>
internal sealed class SplitSizes(Node node, int[][] parts, bool asInput) : ChannelEdit
{
    public override void Apply(Graph graph, Removal removal)
    {
        if (!parts.Any(p => removal.TakesAny(p))) return;
        long[] sizes = [.. parts.Select(p => (long)removal.Kept(p))];
        node.Unset("num_outputs");
        if (asInput) SetNumbers(graph, node, 1, sizes);
        else node.Set(NodeAttribute.Of("split", sizes));
    }
}

/// <summary>Start and end of a Slice along the channels.</summary>
internal sealed class SliceBounds(Node node, long[] starts, long[] ends, int entry, int[] ids, int first, int count, bool asInput) : ChannelEdit
{
    public override void Apply(Graph graph, Removal removal)
    {
        if (!removal.TakesAny(ids)) return;
        long[] from = [.. starts], to = [.. ends];
        from[entry] = removal.Kept(ids.AsSpan(0, first));
        to[entry] = from[entry] + removal.Kept(ids.AsSpan(first, count));
        if (asInput)
        {
            SetNumbers(graph, node, 1, from);
            SetNumbers(graph, node, 2, to);
        }
        else node.Set(NodeAttribute.Of("starts", from)).Set(NodeAttribute.Of("ends", to));
    }
}

/// <summary>The indices of a Gather along the channels.</summary>
internal sealed class GatherIndices(Node node, int[] ids, int[] selected) : ChannelEdit
{
    public override void Apply(Graph graph, Removal removal)
    {
        if (removal.TakesAny(ids)) SetNumbers(graph, node, 1, Of(removal, ids, selected));
    }

    /// <summary>Where the selected channels that stay lie among those that stay.</summary>
    public static long[] Of(Removal removal, int[] ids, int[] selected) =>
        [.. selected.Where(s => !removal.Takes(ids[s])).Select(s => (long)removal.Kept(ids.AsSpan(0, s)))];
}

/// <summary>
/// A channel shuffle, Reshape, Transpose, Reshape: what is left of its channels no longer fills the rectangle that the first Reshape asks for, so one Gather
/// deals them out.
/// </summary>
internal sealed class ShuffledChannels(Node[] chain, int axis, int[] ids, int[] selected) : ChannelEdit
{
    public override void Apply(Graph graph, Removal removal)
    {
        if (!removal.TakesAny(ids)) return;
        var (input, output, name) = (chain[0].Input(0)!, chain[^1].Outputs[0]!, chain[^1].Name);
        var at = graph.Nodes.TakeWhile(n => n != chain[0]).Count();
        foreach (var node in chain.Reverse()) graph.Remove(node);
        var indices = graph.SetInitializer(graph.NewValue($"{output.Name}/channels").Name, Tensor.From<long>(ElementType.Int64, [removal.Kept(ids)], GatherIndices.Of(removal, ids, selected)));
        graph.AddNode("Gather", [input, indices], [output], name, at: at).Set(NodeAttribute.Of("axis", (long)axis));
    }
}
