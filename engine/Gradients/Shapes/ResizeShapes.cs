using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>Resize by sizes or by scales, over all axes or some; Upsample, its forerunner.</summary>
internal static class ResizeShapes
{
    internal static void Resize(NodeShapes n)
    {
        if (n.Shape(0) is not { } x) return;
        var axes = NodeShapes.Axes(n.Node.Ints("axes") ?? [.. Enumerable.Range(0, x.Count).Select(i => (long)i)], x.Count);
        // Before opset 11, scales stood where the region of interest stands now.
        var scales = Scales(n, n.Node.Inputs.Count == 2 ? 1 : 2);
        IReadOnlyList<Dim>? shape = axes is null ? null
            : n.Node.Input(3) is not null ? BySizes(n, x, n.Contents(3), [.. AxesInOrder(n, x.Count)])
            : scales is not null ? ByScales(n, x, scales, [.. AxesInOrder(n, x.Count)]) : null;
        n.Gives(0, n.Element(0), shape ?? n.Unknown(x.Count));
    }

    internal static void Upsample(NodeShapes n)
    {
        if (n.Shape(0) is not { } x) return;
        var scales = n.Node.Attribute("scales")?.Value as float[] ?? Scales(n, 1);
        n.Gives(0, n.Element(0), (scales is null ? null : ByScales(n, x, scales, [.. Enumerable.Range(0, x.Count)])) ?? n.Unknown(x.Count));
    }

    private static IEnumerable<int> AxesInOrder(NodeShapes n, int rank) =>
        n.Node.Ints("axes")?.Select(a => NodeShapes.Axis(a, rank)!.Value) ?? Enumerable.Range(0, rank);

    private static float[]? Scales(NodeShapes n, int input) =>
        Constants.Resolve(n.Node.Input(input)) is { Type: ElementType.Float, Count: > 0 } tensor ? tensor.ToFloats() : null;

    // Where the aspect ratio is kept, one scale serves all axes: the smallest or largest that the sizes ask for; halves round up.
    private static Dim[]? BySizes(NodeShapes n, IReadOnlyList<Dim> x, IReadOnlyList<Dim>? sizes, int[] axes)
    {
        if (sizes is null || sizes.Count != axes.Length) return null;
        var shape = x.ToArray();
        for (var i = 0; i < axes.Length; i++) shape[axes[i]] = sizes[i];
        var policy = n.Node.Text("keep_aspect_ratio_policy", "stretch");
        if (policy == "stretch") return shape;
        if (axes.Any(a => x[a].Size is null or 0 || shape[a].Size is null)) return null;
        var scales = axes.Select(a => shape[a].Size!.Value / (float)x[a].Size!.Value);
        var scale = policy == "not_larger" ? scales.Min() : scales.Max();
        foreach (var axis in axes) shape[axis] = (long)MathF.Round(scale * x[axis].Size!.Value, MidpointRounding.AwayFromZero);
        return shape;
    }

    // The output size is ⌊size · scale⌋, in float32 as ONNX Runtime computes it.
    private static Dim[]? ByScales(NodeShapes n, IReadOnlyList<Dim> x, float[] scales, int[] axes)
    {
        if (scales.Length != axes.Length) return null;
        var shape = x.ToArray();
        for (var i = 0; i < axes.Length; i++)
        {
            var (size, scale) = (x[axes[i]], scales[i]);
            shape[axes[i]] = size.Size is { } fixedSize ? (long)MathF.Floor(fixedSize * scale)
                : scale >= 1 && scale == MathF.Floor(scale) ? n.Sizes.Product(size, (long)scale) : n.Sizes.Named($"floor({size}*{scale:R})");
        }

        return shape;
    }
}
