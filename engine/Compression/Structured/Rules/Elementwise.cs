using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Structured.Rules;

/// <summary>Operators that work element by element.</summary>
internal static class Elementwise
{
    /// <summary>One input; what it makes has the same channels. Bounds of a Clip are single numbers.</summary>
    internal static string? Unary(NodeChannels n)
    {
        if (n.HasSecondOutput) return "its second output is read";
        if (n.Map(0) is not { } x) return "channels arrive as a parameter";
        n.Gives(0, x.Axis, x.Ids);
        return null;
    }

    /// <summary>
    /// Several inputs, broadcast. Channels at the same place are tied; a constant with an entry per channel goes along; one channel that is spread over many must stay;
    /// a computed operand as long as the channels, whose own channels are not followed, keeps them.
    /// </summary>
    internal static string? Broadcast(NodeChannels n)
    {
        var inputs = Enumerable.Range(0, n.Node.Inputs.Count).ToArray();
        if (inputs.Any(i => n.Shape(i) is null)) return "the shape of an operand is not known";
        var rank = inputs.Max(i => n.Shape(i)!.Count);
        int Ahead(int input) => rank - n.Shape(input)!.Count;
        int[] followed = [.. inputs.Where(i => n.Map(i) is not null)], others = [.. inputs.Where(i => n.Map(i) is null)];
        var axis = n.Map(followed[0])!.Axis + Ahead(followed[0]);
        if (followed.Any(i => n.Map(i)!.Axis + Ahead(i) != axis)) return "channels of two operands lie along different axes";
        var ids = followed.Select(i => n.Map(i)!.Ids).MaxBy(m => m.Length)!;
        if (followed.Any(i => n.Map(i)!.Ids.Length is not 1 and var length && length != ids.Length)) return "operands have different numbers of channels";
        Dim At(int input) => axis < Ahead(input) ? 1 : n.Shape(input)![axis - Ahead(input)];
        foreach (var input in others.Where(i => At(i) != 1L))
            if (At(input) != ids.Length || n.Constant(input) is null) return $"operand '{n.Node.Inputs[input]!.Name}' has channels that are not followed";
        foreach (var input in followed)
        {
            var own = n.Map(input)!.Ids;
            if (own.Length == ids.Length) n.Ids.Tie(ids, own);
            else n.Ids.Keep(own, $"it is spread over all channels by {n.Node}");
        }

        foreach (var input in others.Where(i => At(i) != 1L)) n.Slices(input, axis - Ahead(input), ids, n.Node.OpType is "Add" or "Sub" ? SliceRole.Makes : SliceRole.Goes);
        n.Gives(0, axis, ids);
        return null;
    }
}
