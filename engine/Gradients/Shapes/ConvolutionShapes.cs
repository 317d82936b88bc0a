using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>Convolutions: [N, C, spatial…] by [M, C/group, kernel…].</summary>
internal static class ConvolutionShapes
{
    internal static void Conv(NodeShapes n) => n.Gives(0, n.Element(0), Convolved(n, n.Shape(0), n.Shape(1)));

    internal static void ConvInteger(NodeShapes n) => n.Gives(0, ElementType.Int32, Convolved(n, n.Shape(0), n.Shape(1)));

    internal static void QLinearConv(NodeShapes n) => n.Gives(0, n.Element(7), Convolved(n, n.Shape(0), n.Shape(3)));

    /// <summary>Weights are [C, M/group, kernel…].</summary>
    internal static void ConvTranspose(NodeShapes n)
    {
        if (n.Shape(0) is not { Count: > 2 } x || n.Shape(1) is not { } w || w.Count != x.Count)
        {
            n.Gives(0, n.Element(0), n.Unknown(n.Shape(0)?.Count));
            return;
        }

        var spatial = x.Count - 2;
        var shape = new Dim[x.Count];
        (shape[0], shape[1]) = (x[0], n.Sizes.Product(w[1], n.Node.Int("group", 1)));
        var stated = n.Node.Ints("output_shape");
        for (var i = 0; i < spatial; i++)
            shape[i + 2] = stated is not null ? (stated.Length >= spatial ? stated[stated.Length - spatial + i] : n.Sizes.Fresh()) : Grown(n, x[i + 2], Kernel(n, w, i), i, spatial);
        n.Gives(0, n.Element(0), shape);
    }

    /// <summary>
    /// Images back from their blocks: [N, C·block, L] to [N, C, image…].
    /// </summary>
    internal static void Col2Im(NodeShapes n)
    {
        if (n.Contents(1) is not { } image)
        {
            n.Gives(0, n.Element(0), n.Unknown(n.LengthOf(1) + 2));
            return;
        }

        var x = n.Shape(0);
        var channels = x is { Count: 3 } && n.Contents(2) is { } block ? n.Sizes.Quotient([x[1]], block) : null;
        n.Gives(0, n.Element(0), [x is { Count: 3 } ? x[0] : n.Sizes.Fresh(), channels ?? n.Sizes.Fresh(), .. image]);
    }

    /// <summary>Output size along one axis of a window that slides, with the node's strides, dilations, pads and auto_pad.</summary>
    internal static Dim Slid(NodeShapes n, Dim size, Dim kernel, int axis, int spatial, bool ceil)
    {
        var stride = NodeShapes.At(n.Node.Ints("strides"), axis, 1);
        var auto = n.Node.Text("auto_pad", "NOTSET");
        if (auto.StartsWith("SAME", StringComparison.Ordinal)) return n.Sizes.CeilDivide(size, stride);
        if (kernel.Size is not { } width) return n.Sizes.Fresh();
        var pads = auto == "VALID" ? null : n.Node.Ints("pads");
        return n.Sizes.Windows(size, width, stride, NodeShapes.At(n.Node.Ints("dilations"), axis, 1), NodeShapes.At(pads, axis, 0), NodeShapes.At(pads, axis + spatial, 0), ceil);
    }

    private static IReadOnlyList<Dim>? Convolved(NodeShapes n, IReadOnlyList<Dim>? x, IReadOnlyList<Dim>? w)
    {
        if (x is not { Count: > 2 } || w is null || w.Count != x.Count) return n.Unknown(x?.Count ?? w?.Count);
        var shape = new Dim[x.Count];
        (shape[0], shape[1]) = (x[0], w[0]);
        for (var i = 0; i < x.Count - 2; i++) shape[i + 2] = Slid(n, x[i + 2], Kernel(n, w, i), i, x.Count - 2, ceil: false);
        return shape;
    }

    private static Dim Kernel(NodeShapes n, IReadOnlyList<Dim> w, int axis) => w[axis + 2].Size ?? NodeShapes.At(n.Node.Ints("kernel_shape"), axis, 0) switch
    {
        > 0 and var stated => stated,
        _ => w[axis + 2],
    };

    // stride·(size − 1) + output padding + reach of the kernel − pads; with "same" padding: size·stride.
    private static Dim Grown(NodeShapes n, Dim size, Dim kernel, int axis, int spatial)
    {
        var stride = NodeShapes.At(n.Node.Ints("strides"), axis, 1);
        var auto = n.Node.Text("auto_pad", "NOTSET");
        if (auto.StartsWith("SAME", StringComparison.Ordinal)) return n.Sizes.Product(size, stride);
        if (kernel.Size is not { } width) return n.Sizes.Fresh();
        var pads = auto == "VALID" ? null : n.Node.Ints("pads");
        var reach = (width - 1) * NodeShapes.At(n.Node.Ints("dilations"), axis, 1) + 1;
        var more = reach - stride + NodeShapes.At(n.Node.Ints("output_padding"), axis, 0) - NodeShapes.At(pads, axis, 0) - NodeShapes.At(pads, axis + spatial, 0);
        return n.Sizes.Add(n.Sizes.Product(size, stride), more);
    }
}
