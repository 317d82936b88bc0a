using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>Operators that keep the elements and change the axes.</summary>
internal static class ReshapingShapes
{
    /// <summary>0 keeps an input's size (unless allowzero), −1 takes what is left. Symbols cancel: [batch,16,4,4] to [-1,256] is [batch,256].</summary>
    internal static void Reshape(NodeShapes n)
    {
        n.Gives(0, n.Element(0), Reshaped(n));
        n.Holds(n.Contents(0));
    }

    internal static void Flatten(NodeShapes n)
    {
        if (n.Shape(0) is not { } x)
        {
            n.Gives(0, n.Element(0), n.Unknown(2));
            return;
        }

        var axis = n.Node.Int("axis", 1);
        var at = (int)Math.Clamp(axis < 0 ? axis + x.Count : axis, 0, x.Count);
        n.Gives(0, n.Element(0), [n.Sizes.Product(x.Take(at)), n.Sizes.Product(x.Skip(at))]);
    }

    internal static void Transpose(NodeShapes n)
    {
        if (n.Shape(0) is not { } x) return;
        var order = n.Node.Ints("perm") ?? [.. Enumerable.Range(0, x.Count).Select(i => (long)(x.Count - 1 - i))];
        if (order.Length != x.Count || order.Any(a => a < 0 || a >= x.Count)) return;
        n.Gives(0, n.Element(0), [.. order.Select(a => x[(int)a])]);
        n.Holds(n.Contents(0));
    }

    /// <summary>Without axes, those of size 1 go; a symbol is not 1.</summary>
    internal static void Squeeze(NodeShapes n)
    {
        IReadOnlyList<Dim>? shape = null;
        if (n.Shape(0) is { } x)
        {
            if (n.IsHidden("axes", 1)) shape = n.Unknown(x.Count - n.LengthOf(1));
            else if (n.List("axes", 1) is not { } axes) shape = [.. x.Where(d => d.Size != 1)];
            else if (NodeShapes.Axes(axes, x.Count) is { } known) shape = [.. x.Where((_, i) => !known.Contains(i))];
        }

        n.Gives(0, n.Element(0), shape);
        n.Holds(n.Contents(0));
    }

    internal static void Unsqueeze(NodeShapes n)
    {
        IReadOnlyList<Dim>? shape = null;
        if (n.Shape(0) is { } x)
        {
            if (n.List("axes", 1) is not { } axes) shape = n.Unknown(x.Count + n.LengthOf(1));
            else if (NodeShapes.Axes(axes, x.Count + axes.Length) is { } known)
            {
                var rest = new Queue<Dim>(x);
                shape = [.. Enumerable.Range(0, x.Count + known.Count).Select(i => known.Contains(i) || rest.Count == 0 ? (Dim)1 : rest.Dequeue())];
            }
        }

        n.Gives(0, n.Element(0), shape);
        n.Holds(n.Contents(0));
    }

    internal static void Expand(NodeShapes n)
    {
        IReadOnlyList<Dim>? to = n.Contents(1) ?? n.Unknown(n.LengthOf(1));
        n.Gives(0, n.Element(0), n.Shape(0) is { } x && to is not null ? SizeAlgebra.Broadcast(x, to) : null);
        if (n.Contents(0) is [var only] && n.Contents(1) is [{ Size: >= 0 and <= ShapeFacts.LongestContents and var length }]) n.Holds([.. Enumerable.Repeat(only, (int)length)]);
    }

    /// <summary>Depth becomes block×block positions.</summary>
    internal static void DepthToSpace(NodeShapes n)
    {
        var block = n.Node.Int("blocksize", 1);
        if (n.Shape(0) is not { Count: 4 } x) return;
        n.Gives(0, n.Element(0), [x[0], n.Sizes.Divide(x[1], n.Sizes.Product(block, block)), n.Sizes.Product(x[2], block), n.Sizes.Product(x[3], block)]);
    }

    /// <summary>Block×block positions become depth.</summary>
    internal static void SpaceToDepth(NodeShapes n)
    {
        var block = n.Node.Int("blocksize", 1);
        if (n.Shape(0) is not { Count: 4 } x) return;
        n.Gives(0, n.Element(0), [x[0], n.Sizes.Product(x[1], block, block), n.Sizes.Divide(x[2], block), n.Sizes.Divide(x[3], block)]);
    }

    private static IReadOnlyList<Dim>? Reshaped(NodeShapes n)
    {
        if (n.Contents(1) is not { } to) return n.Unknown(n.LengthOf(1));
        var from = n.Shape(0);
        var keepsZero = n.Node.Int("allowzero", 0) != 0;
        var shape = new Dim[to.Count];
        var left = -1;
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = to[i].Size == 0 && !keepsZero ? from is not null && i < from.Count ? from[i] : n.Sizes.Fresh() : to[i];
            if (shape[i].Size < 0) (left, shape[i]) = (i, n.Sizes.Fresh());
        }

        if (left < 0 && shape.Count(SizeAlgebra.IsFresh) == 1) left = Array.FindIndex(shape, SizeAlgebra.IsFresh);
        if (left >= 0 && from is not null) shape[left] = n.Sizes.Quotient(from, shape.Where((_, i) => i != left)) ?? shape[left];
        return shape;
    }
}
