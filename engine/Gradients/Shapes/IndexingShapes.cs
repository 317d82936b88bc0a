using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>Operators that pick elements by position.</summary>
internal static class IndexingShapes
{
    // What exporters write for "to the end": anything at least this far.
    private const long FarEnd = int.MaxValue;

    internal static void Gather(NodeShapes n)
    {
        if (n.Shape(0) is not { } x || n.Shape(1) is not { } indices || NodeShapes.Axis(n.Node.Int("axis", 0), x.Count) is not { } axis)
        {
            n.Gives(0, n.Element(0), null);
            return;
        }

        n.Gives(0, n.Element(0), [.. x.Take(axis), .. indices, .. x.Skip(axis + 1)]);
        if (n.Contents(0) is not { } all || n.Fixed(1) is not { } at || x.Count != 1) return;
        if (at.All(i => i >= -all.Count && i < all.Count)) n.Holds([.. at.Select(i => all[(int)(i < 0 ? i + all.Count : i)])]);
    }

    internal static void GatherElements(NodeShapes n) => n.Gives(0, n.Element(0), n.Shape(1));

    internal static void GatherND(NodeShapes n)
    {
        IReadOnlyList<Dim>? shape = null;
        if (n.Shape(0) is { } x && n.Shape(1) is { Count: > 0 } indices && indices[^1].Size is { } depth && depth + n.Node.Int("batch_dims", 0) <= x.Count)
            shape = [.. indices.Take(indices.Count - 1), .. x.Skip((int)(depth + n.Node.Int("batch_dims", 0)))];
        n.Gives(0, n.Element(0), shape);
    }

    /// <summary>Starts, ends, axes and steps by attributes (before opset 10) or inputs.</summary>
    internal static void Slice(NodeShapes n)
    {
        if (n.Shape(0) is not { } x) return;
        var (starts, ends) = (Bounds(n, "starts", 1), Bounds(n, "ends", 2));
        var count = starts?.Count ?? ends?.Count ?? n.LengthOf(1) ?? n.LengthOf(2);
        var axes = n.Node.Input(3) is null && n.Node.Ints("axes") is null ? count is { } many and <= 64 ? [.. Enumerable.Range(0, (int)many).Select(i => (long)i)] : null : n.List("axes", 3);
        var steps = n.Node.Input(4) is null ? [] : n.Fixed(4);
        if (axes is null || NodeShapes.Axes(axes, x.Count) is null)
        {
            n.Gives(0, n.Element(0), n.Unknown(x.Count));
            return;
        }

        var shape = x.ToArray();
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = NodeShapes.Axis(axes[i], x.Count)!.Value;
            var told = steps is not null && starts is not null && ends is not null && i < starts.Count && i < ends.Count;
            shape[axis] = told ? Cut(n, x[axis], starts![i], ends![i], NodeShapes.At(steps, i, 1)) : n.Sizes.Fresh();
        }

        n.Gives(0, n.Element(0), shape);
        if (x.Count == 1 && n.Contents(0) is { } all && starts is [{ Size: { } from }] && ends is [{ Size: { } to }] && steps is not null && axes.Length == 1)
            n.Holds([.. Positions(all.Count, from, to, NodeShapes.At(steps, 0, 1)).Select(i => all[(int)i])]);
    }

    /// <summary>One axis more, as long as the depth.</summary>
    internal static void OneHot(NodeShapes n)
    {
        IReadOnlyList<Dim>? shape = null;
        if (n.Shape(0) is { } indices && NodeShapes.Axis(n.Node.Int("axis", -1), indices.Count + 1) is { } axis)
            shape = [.. indices.Take(axis), n.Contents(1) is [var depth] ? depth : n.Sizes.Fresh(), .. indices.Skip(axis)];
        n.Gives(0, n.Element(2), shape);
    }

    /// <summary>Coordinates of what is not zero: [rank, how many].</summary>
    internal static void NonZero(NodeShapes n) =>
        n.Gives(0, ElementType.Int64, n.Shape(0) is { } x ? [(long)x.Count, n.Sizes.Fresh()] : n.Unknown(2));

    internal static void Compress(NodeShapes n)
    {
        if (n.Node.Attribute("axis") is null) n.Gives(0, n.Element(0), n.Unknown(1));
        else if (n.Shape(0) is { } x && NodeShapes.Axis(n.Node.Int("axis", 0), x.Count) is { } axis)
            n.Gives(0, n.Element(0), [.. x.Select((d, i) => i == axis ? n.Sizes.Fresh() : d)]);
    }

    /// <summary>Values read where a grid [N, H, W, 2] points.</summary>
    internal static void GridSample(NodeShapes n) =>
        n.Gives(0, n.Element(0), n.Shape(0) is { } x && n.Shape(1) is { } grid && grid.Count == x.Count ? [x[0], x[1], .. grid.Skip(1).Take(x.Count - 2)] : null);

    private static IReadOnlyList<Dim>? Bounds(NodeShapes n, string attribute, int input) => n.Node.Ints(attribute)?.Select(d => (Dim)d).ToArray() ?? n.Contents(input);

    private static Dim Cut(NodeShapes n, Dim size, Dim start, Dim end, long step)
    {
        if (start.Size == 0 && step == 1 && (end == size || end.Size >= FarEnd)) return size;
        if (size.Size is { } length && start.Size is { } from && end.Size is { } to) return step == 0 ? n.Sizes.Fresh() : Positions(length, from, to, step).LongCount();
        if (step == 1 && size.Size is null && start.Size is >= 0 && end == size) return n.Sizes.Subtract(size, start);
        return n.Sizes.Named($"slice({size},{start},{end},{step})");
    }

    private static IEnumerable<long> Positions(long length, long from, long to, long step)
    {
        if (from < 0) from += length;
        if (to < 0) to += length;
        if (step > 0)
            for (var i = Math.Clamp(from, 0, length); i < Math.Min(to, length); i += step) yield return i;
        if (step < 0)
            for (var i = Math.Clamp(from, -1, length - 1); i > Math.Max(to, -1); i += step) yield return i;
    }
}
