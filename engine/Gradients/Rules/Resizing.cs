using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Resize, nearest and linear: separable, so a constant matrix for each axis that changes; its sizes must be known, the batch stays free.</summary>
internal static class Resizing
{
    internal static Gradient[] Resize(NodeGradient g) => Movement.First(g, () =>
    {
        var (dy, rank) = (g.Output, g.Emit.RankOf(g.In(0)));
        foreach (var line in Lines(g)) dy = AxisMap.Product(g.Emit, dy, line.Axis, rank, ResizeLine.Matrix(g.Node, line));
        return dy;
    });

    internal static string? Refuses(Node node)
    {
        if (node.Text("mode", "nearest") is var mode and not ("nearest" or "linear")) return $"no gradient rule for Resize in mode '{mode}'";
        if (node.Int("antialias", 0) != 0) return "no gradient rule for Resize with antialias";
        return ResizeLine.Knows(node) ? null : "no gradient rule for Resize with coordinates '" + node.Text("coordinate_transformation_mode", "") + "'";
    }

    private static IEnumerable<ResizeLine> Lines(NodeGradient g)
    {
        var shape = g.Emit.ShapeOf(g.In(0));
        long[] axes = g.Node.Ints("axes") is { } given ? [.. given.Select(a => (long)Known.Axis(a, shape.Count))] : [.. Enumerable.Range(0, shape.Count).Select(i => (long)i)];
        var crops = g.Node.Text("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize";
        var roi = crops ? g.Floats(1) ?? throw Unknown(g, "a region that is not constant") : null;
        var scales = g.Floats(2);
        var sizes = g.Node.Input(3) is { } to ? g.Emit.Shapes.ContentsOf(to) ?? g.Ints(3)?.Select(s => (Dim)s).ToArray() ?? throw Unknown(g, "sizes that are not known before it runs") : null;
        if (scales is null && sizes is null) throw Unknown(g, "scales that are not constant");
        var shared = sizes is null ? null : Policy(g, axes, sizes);
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = (int)axes[i];
            var (start, end) = roi is null ? (0f, 1f) : (roi[i], roi[axes.Length + i]);
            var whole = roi is null || (start, end) == (0, 1);
            if (whole && (sizes is null ? scales![i] == 1 : shared is null && sizes[i] == shape[axis])) continue;
            var size = g.Emit.SizeOf(g.In(0), axis);
            if (sizes is null) yield return new ResizeLine(axis, size, (long)Math.Floor(size * scales![i]), scales[i], start, end);
            else if (shared is { } scale) yield return new ResizeLine(axis, size, (long)MathF.Round(scale * size, MidpointRounding.AwayFromZero), scale, start, end);
            else if (sizes[i].Size is { } resized) yield return new ResizeLine(axis, size, resized, (float)resized / size, start, end);
            else throw Unknown(g, $"the free size {sizes[i]}");
        }
    }

    // One scale for all axes, so that the picture keeps its proportions.
    private static float? Policy(NodeGradient g, long[] axes, IReadOnlyList<Dim> sizes)
    {
        var policy = g.Node.Text("keep_aspect_ratio_policy", "stretch");
        if (policy == "stretch") return null;
        var scales = axes.Select((a, i) => (sizes[i].Size ?? throw Unknown(g, $"the free size {sizes[i]}")) / (float)g.Emit.SizeOf(g.In(0), (int)a)).ToArray();
        return policy == "not_larger" ? scales.Min() : scales.Max();
    }

    private static AuditException Unknown(NodeGradient g, string found) =>
        g.Unsupported(found, "a Resize whose sizes are fixed", "Export the model with static spatial sizes; the batch may stay free.");
}
