using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>Operators that put tensors together, take parts of them, or lengthen them along axes.</summary>
internal static class JoiningShapes
{
    internal static void Concat(NodeShapes n)
    {
        var inputs = Enumerable.Range(0, n.Node.Inputs.Count).ToArray();
        var element = inputs.Select(n.Element).FirstOrDefault(e => e != ElementType.Undefined);
        var known = inputs.Select(n.Shape).OfType<IReadOnlyList<Dim>>().ToArray();
        if (known.Length == 0 || known.Any(s => s.Count != known[0].Count) || NodeShapes.Axis(n.Node.Int("axis", 0), known[0].Count) is not { } axis)
        {
            n.Gives(0, element, null);
            return;
        }

        var shape = known.Aggregate(SizeAlgebra.Broadcast).ToArray();
        shape[axis] = known.Length == inputs.Length ? known.Select(s => s[axis]).Aggregate(n.Sizes.Add) : n.Sizes.Fresh();
        n.Gives(0, element, shape);
        var contents = inputs.Select(n.Contents).ToArray();
        if (contents.All(c => c is not null)) n.Holds([.. contents.SelectMany(c => c!)]);
    }

    /// <summary>Parts by sizes given as attribute or input, else equal ones, the last the smallest.</summary>
    internal static void Split(NodeShapes n)
    {
        var parts = n.Node.Outputs.Count;
        if (n.Shape(0) is not { } x || NodeShapes.Axis(n.Node.Int("axis", 0), x.Count) is not { } axis)
        {
            for (var i = 0; i < parts; i++) n.Gives(i, n.Element(0), null);
            return;
        }

        var sizes = n.Node.Ints("split")?.Select(d => (Dim)d).ToArray() ?? n.Contents(1);
        long from = 0;
        for (var i = 0; i < parts; i++)
        {
            var size = sizes is not null && i < sizes.Count ? sizes[i] : n.Node.Input(1) is not null ? n.Sizes.Fresh() : Equal(n, x[axis], i, parts);
            n.Gives(i, n.Element(0), [.. x.Select((d, k) => k == axis ? size : d)]);
            if (size.Size is not { } length || length < 0) continue;
            if (n.Contents(0) is { } all && from + length <= all.Count) n.Holds([.. all.Skip((int)from).Take((int)length)], i);
            from += length;
        }
    }

    internal static void Tile(NodeShapes n)
    {
        var repeats = n.Contents(1);
        n.Gives(0, n.Element(0), n.Shape(0) is not { } x ? null
            : repeats is null || repeats.Count != x.Count ? n.Unknown(x.Count) : [.. x.Select((d, i) => n.Sizes.Product(d, repeats[i]))]);
    }

    /// <summary>Pads by attribute or input, over all axes or those of the fourth input.</summary>
    internal static void Pad(NodeShapes n)
    {
        if (n.Shape(0) is not { } x) return;
        var pads = n.Node.Ints("pads")?.Select(d => (Dim)d).ToArray() ?? n.Contents(1);
        var axes = n.Node.Input(3) is null ? [.. Enumerable.Range(0, x.Count).Select(i => (long)i)] : n.Fixed(3);
        if (pads is null || axes is null || pads.Count != 2 * axes.Length)
        {
            n.Gives(0, n.Element(0), n.Unknown(x.Count));
            return;
        }

        var shape = x.ToArray();
        for (var i = 0; i < axes.Length; i++)
        {
            if (NodeShapes.Axis(axes[i], x.Count) is not { } axis) return;
            shape[axis] = n.Sizes.Add(n.Sizes.Add(shape[axis], pads[i]), pads[i + axes.Length]);
        }

        n.Gives(0, n.Element(0), shape);
    }

    private static Dim Equal(NodeShapes n, Dim size, int part, int parts)
    {
        if (size.Size is not { } all) return n.Sizes.Divide(size, parts);
        var each = (all + parts - 1) / parts;
        return Math.Clamp(all - part * each, 0, each);
    }
}
