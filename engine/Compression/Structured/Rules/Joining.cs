namespace OnnxAudit.Compression.Structured.Rules;

/// <summary>Operators that lay channels side by side or pick some of them.</summary>
internal static class Joining
{
    /// <summary>1. Along the channels: they stand one operand after the other; those of an operand that is not followed stay. 2. Along another axis: channels at the same place are tied.</summary>
    internal static string? Concat(NodeChannels n)
    {
        var inputs = Enumerable.Range(0, n.Node.Inputs.Count).ToArray();
        if (n.Shape(0) is not { } shape) return "the shape of an operand is not known";
        var axis = (int)n.Node.Int("axis", 1);
        if (axis < 0) axis += shape.Count;
        var followed = inputs.Where(i => n.Map(i) is not null).ToArray();
        var along = n.Map(followed[0])!.Axis;
        if (followed.Any(i => n.Map(i)!.Axis != along)) return "channels of two operands lie along different axes";
        if (along != axis)
        {
            var ids = n.Map(followed[0])!.Ids;
            if (followed.Length < inputs.Length || followed.Any(i => n.Map(i)!.Ids.Length != ids.Length)) return "an operand has channels that are not followed";
            foreach (var input in followed) n.Ids.Tie(ids, n.Map(input)!.Ids);
            n.Gives(0, along, ids);
            return null;
        }

        if (inputs.Any(i => n.Map(i) is null && n.Shape(i)?[axis].Size is null)) return "an operand has a number of channels that is not known";
        n.Gives(0, axis, [.. inputs.SelectMany(i => n.Map(i)?.Ids ?? Unfollowed(n, (int)n.Shape(i)![axis].Size!.Value))]);
        return null;
    }

    /// <summary>Along the channels, each output has its part of them; along another axis, all.</summary>
    internal static string? Split(NodeChannels n)
    {
        if (n.Map(0) is not { } x || n.Shape(0) is not { } shape) return "the shape of its input is not known";
        var axis = (int)n.Node.Int("axis", 0);
        if (axis < 0) axis += shape.Count;
        if (axis != x.Axis)
        {
            for (var o = 0; o < n.Node.Outputs.Count; o++) n.Gives(o, x.Axis, x.Ids);
            return null;
        }

        long?[] sizes = [.. n.Node.Outputs.Select(o => n.ShapeOf(o)?[axis].Size)];
        if (n.Numbers("split", 1) is { } given) sizes = [.. given.Select(g => (long?)g)];
        if (sizes.Length != n.Node.Outputs.Count || sizes.Any(s => s is null) || sizes.Sum() != x.Ids.Length) return "the sizes of its parts are not known";
        var at = 0;
        var parts = new int[sizes.Length][];
        for (var o = 0; o < sizes.Length; o++)
        {
            parts[o] = x.Ids[at..(at += (int)sizes[o]!.Value)];
            n.Gives(o, axis, parts[o]);
        }

        n.Changes(new SplitSizes(n.Node, parts, n.Opset >= 13));
        return null;
    }

    /// <summary>A run of channels, or all of them where it cuts along other axes.</summary>
    internal static string? Slice(NodeChannels n)
    {
        if (n.Map(0) is not { } x || n.Shape(0) is not { } shape) return "the shape of its input is not known";
        if (n.Numbers("starts", 1) is not { } starts || n.Numbers("ends", 2) is not { } ends) return "its bounds are computed";
        var axes = n.Numbers("axes", 3);
        if (axes is null && n.Node.Input(3) is not null) return "its axes are computed";
        axes ??= [.. Enumerable.Range(0, starts.Length).Select(a => (long)a)];
        var entry = Array.FindIndex(axes, a => (a < 0 ? a + shape.Count : a) == x.Axis);
        if (entry < 0)
        {
            n.Gives(0, x.Axis, x.Ids);
            return null;
        }

        if (n.Node.Input(4) is not null && (n.Numbers("steps", 4) is not { } steps || steps[entry] != 1)) return "it takes channels in steps";
        long At(long bound) => Math.Clamp(bound < 0 ? bound + x.Ids.Length : bound, 0, x.Ids.Length);
        var (first, count) = ((int)At(starts[entry]), (int)(At(ends[entry]) - At(starts[entry])));
        if (count < 1) return "it takes no channel";
        n.Changes(new SliceBounds(n.Node, starts, ends, entry, x.Ids, first, count, n.Node.Ints("starts") is null));
        n.Gives(0, x.Axis, x.Ids[first..(first + count)]);
        return null;
    }

    /// <summary>Channels by a constant list of indices, or all of them where it picks along another axis.</summary>
    internal static string? Gather(NodeChannels n)
    {
        if (n.Map(0) is not { } x || n.Map(1) is not null || n.Shape(0) is not { } shape || n.Shape(1) is not { } picked) return "the shape of an operand is not known";
        var axis = (int)n.Node.Int("axis", 0);
        if (axis < 0) axis += shape.Count;
        if (axis != x.Axis)
        {
            n.Gives(0, axis < x.Axis ? x.Axis - 1 + picked.Count : x.Axis, x.Ids);
            return null;
        }

        if (picked.Count != 1 || n.Numbers("indices", 1) is not { } indices) return "its indices are computed, or no list";
        int[] selected = [.. indices.Select(i => (int)(i < 0 ? i + x.Ids.Length : i))];
        n.Changes(new GatherIndices(n.Node, x.Ids, selected));
        n.Gives(0, axis, [.. selected.Select(s => x.Ids[s])]);
        return null;
    }

    private static int[] Unfollowed(NodeChannels n, int count)
    {
        var ids = n.Ids.Fresh(count);
        n.Ids.Keep(ids, $"they come to {n.Node} from an operand that is not followed");
        return ids;
    }
}
