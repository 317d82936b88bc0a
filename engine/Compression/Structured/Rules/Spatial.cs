using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Structured.Rules;

/// <summary>Operators that work on each channel's own image.</summary>
internal static class Spatial
{
    /// <summary>[N, C, …] to [N, C, …].</summary>
    internal static string? Pool(NodeChannels n)
    {
        if (n.HasSecondOutput) return "its indices are read";
        if (n.Map(0) is not { Axis: 1 } x) return "its channels do not lie along axis 1";
        n.Gives(0, 1, x.Ids);
        return null;
    }

    /// <summary>Reduces axes that are not the channels'.</summary>
    internal static string? Reduce(NodeChannels n)
    {
        if (n.Map(0) is not { } x || n.Shape(0) is not { } shape) return "the shape of its input is not known";
        if (n.Numbers("axes", 1) is not { } axes) return "its axes are computed, or all";
        HashSet<long> reduced = [.. axes.Select(a => a < 0 ? a + shape.Count : a)];
        if (reduced.Contains(x.Axis)) return "it reduces over channels";
        n.Gives(0, n.Node.Int("keepdims", 1) != 0 ? x.Axis : x.Axis - reduced.Count(a => a < x.Axis), x.Ids);
        return null;
    }

    /// <summary>Adds nothing along the channels.</summary>
    internal static string? Pad(NodeChannels n)
    {
        if (n.Map(0) is not { } x || n.Shape(0) is not { } from || n.ShapeOf(n.Node.Output(0)) is not { } to) return "shapes are not known";
        if (n.Numbers("pads", 1) is null || from[x.Axis] != to[x.Axis]) return "it may add channels";
        n.Gives(0, x.Axis, x.Ids);
        return null;
    }

    /// <summary>Scales no channels. Sizes that are stated hold the number of channels.</summary>
    internal static string? Resize(NodeChannels n)
    {
        if (n.Map(0) is not { } x || n.Shape(0) is not { } from || n.ShapeOf(n.Node.Output(0)) is not { } to) return "shapes are not known";
        if (from[x.Axis] != to[x.Axis] || n.Node.Text("coordinate_transformation_mode", "") == "tf_crop_and_resize") return "it may scale over channels";
        if (n.Node.Input(3) is { } given && ShapeIsGiven(n, given))
        {
            if (n.Numbers("sizes", 3) is not { } sizes) return "its sizes are computed";
            var entry = n.Node.Ints("axes") is { } axes ? Array.FindIndex(axes, a => (a < 0 ? a + from.Count : a) == x.Axis) : x.Axis;
            if (entry >= 0) n.Changes(new SizeEntry(n.Node, 3, sizes, entry, x.Ids));
        }

        n.Gives(0, x.Axis, x.Ids);
        return null;
    }

    // Older exporters give an empty list in place of omitting it.
    private static bool ShapeIsGiven(NodeChannels n, Value sizes) => n.ShapeOf(sizes) is not [{ Size: 0 }];
}
