using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>Reductions over axes, which older opsets give as attribute and newer ones as input.</summary>
internal static class ReductionShapes
{
    internal static void Reduce(NodeShapes n)
    {
        n.Gives(0, n.Element(0), Reduced(n));
        if (n.Shape(0) is not { Count: 1 } || n.Contents(0) is not { } contents || n.IsHidden("axes", 1)) return;
        if (n.Node.OpType == "ReduceProd") n.Holds([n.Sizes.Product(contents)]);
        if (n.Node.OpType == "ReduceSum") n.Holds([contents.Aggregate((Dim)0, n.Sizes.Add)]);
    }

    /// <summary>Position of the largest or smallest along one axis, int64.</summary>
    internal static void ArgExtreme(NodeShapes n)
    {
        if (n.Shape(0) is not { } x || NodeShapes.Axis(n.Node.Int("axis", 0), x.Count) is not { } axis)
        {
            n.Gives(0, ElementType.Int64, null);
            return;
        }

        n.Gives(0, ElementType.Int64, Without(x, [axis], n.Node.Int("keepdims", 1) != 0));
    }

    /// <summary>The k largest or smallest along an axis, and their positions.</summary>
    internal static void TopK(NodeShapes n)
    {
        var x = n.Shape(0);
        Dim? k = n.Node.Attribute("k") is null ? n.Contents(1) is [var only] ? only : null : n.Node.Int("k", 0);
        IReadOnlyList<Dim>? shape = x is not null && NodeShapes.Axis(n.Node.Int("axis", -1), x.Count) is { } axis
            ? [.. x.Select((d, i) => i == axis ? k ?? n.Sizes.Fresh() : d)] : null;
        n.Gives(0, n.Element(0), shape);
        n.Gives(1, ElementType.Int64, shape);
    }

    private static IReadOnlyList<Dim>? Reduced(NodeShapes n)
    {
        if (n.Shape(0) is not { } x) return null;
        var keep = n.Node.Int("keepdims", 1) != 0;
        if (n.IsHidden("axes", 1)) return keep ? n.Unknown(x.Count) : n.LengthOf(1) is { } many ? n.Unknown(x.Count - many) : null;
        var axes = n.List("axes", 1) ?? [];
        if (axes.Length == 0) return n.Node.Int("noop_with_empty_axes", 0) != 0 ? x : Without(x, [.. Enumerable.Range(0, x.Count)], keep);
        return NodeShapes.Axes(axes, x.Count) is { } known ? Without(x, known, keep) : null;
    }

    private static IReadOnlyList<Dim> Without(IReadOnlyList<Dim> x, HashSet<int> axes, bool keep) =>
        keep ? [.. x.Select((d, i) => axes.Contains(i) ? (Dim)1 : d)] : [.. x.Where((_, i) => !axes.Contains(i))];
}
