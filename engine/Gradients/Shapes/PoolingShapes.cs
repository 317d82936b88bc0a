using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>Pooling: [N, C, spatial…] to fewer or single positions.</summary>
internal static class PoolingShapes
{
    /// <summary>A sliding pool; MaxPool's second output holds indices, int64.</summary>
    internal static void Pool(NodeShapes n)
    {
        var shape = Pooled(n);
        n.Gives(0, n.Element(0), shape);
        n.Gives(1, ElementType.Int64, shape);
    }

    /// <summary>A pool over all positions: spatial sizes become 1.</summary>
    internal static void GlobalPool(NodeShapes n) =>
        n.Gives(0, n.Element(0), n.Shape(0) is { } x ? [.. x.Select((d, i) => i < 2 ? d : (Dim)1)] : null);

    /// <summary>Back from MaxPool's values and indices to [N, C, spatial…].</summary>
    internal static void MaxUnpool(NodeShapes n)
    {
        var x = n.Shape(0);
        if (n.Node.Input(2) is not null)
        {
            n.Gives(0, n.Element(0), n.Contents(2) ?? n.Unknown(x?.Count));
            return;
        }

        var (kernel, strides, pads) = (n.Node.Ints("kernel_shape"), n.Node.Ints("strides"), n.Node.Ints("pads"));
        n.Gives(0, n.Element(0), x is null ? null : [.. x.Select((d, i) => i < 2 ? d : n.Sizes.Add(
            n.Sizes.Product(n.Sizes.Add(d, -1), NodeShapes.At(strides, i - 2, 1)),
            NodeShapes.At(kernel, i - 2, 1) - NodeShapes.At(pads, i - 2, 0) - NodeShapes.At(pads, i - 2 + x.Count - 2, 0)))]);
    }

    private static IReadOnlyList<Dim>? Pooled(NodeShapes n)
    {
        if (n.Shape(0) is not { Count: > 2 } x || n.Node.Ints("kernel_shape") is not { } kernel || kernel.Length != x.Count - 2) return n.Unknown(n.Shape(0)?.Count);
        var ceil = n.Node.Int("ceil_mode", 0) != 0;
        return [x[0], x[1], .. kernel.Select((k, i) => ConvolutionShapes.Slid(n, x[i + 2], k, i, kernel.Length, ceil))];
    }
}
