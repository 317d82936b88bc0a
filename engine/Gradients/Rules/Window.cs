using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>
/// How a convolution or pool walks over space, one entry an axis: output position o reads input positions o·stride + k·dilation − before.
/// Kernel sizes are null where they are free.
/// </summary>
internal sealed record Window(long?[] Kernel, long[] Strides, long[] Dilations, long[] Before, long[] After)
{
    /// <summary>Number of spatial axes.</summary>
    internal int Rank => Strides.Length;

    /// <summary>True when a last window may reach beyond the padded input.</summary>
    internal bool Ceil { get; init; }

    /// <summary>Elements of a window, its padding included.</summary>
    internal double Area => Kernel.Aggregate(1.0, (area, k) => area * k!.Value);

    /// <summary>Pads as ONNX lists them.</summary>
    internal long[] Pads => [.. Before, .. After];

    /// <summary>The window of a node that reads <paramref name="input"/> [N,C,space]: its attributes, with auto_pad resolved.</summary>
    internal static Window Of(NodeGradient g, Value input, long?[] kernel) => Of(g.Emit, g.Node, input, kernel);

    /// <summary>The same without a gradient at hand.</summary>
    internal static Window Of(Emitter emit, Node node, Value input, long?[] kernel)
    {
        var rank = kernel.Length;
        var window = Plain(node, kernel);
        var mode = node.Text("auto_pad", "NOTSET");
        if (mode == "VALID") return window with { Before = new long[rank], After = new long[rank] };
        if (mode is not ("SAME_UPPER" or "SAME_LOWER")) return window;
        for (var i = 0; i < rank; i++)
        {
            // At stride 1 the pads do not depend on the input's size.
            var (stride, span) = (window.Strides[i], window.Span(i) ?? emit.SizeOf(node.Input(1)!, 2 + i));
            var size = stride == 1 ? 0 : emit.SizeOf(input, 2 + i);
            var total = stride == 1 ? span - 1 : Math.Max(0, ((size + stride - 1) / stride - 1) * stride + span - size);
            window.Share(i, total, mode == "SAME_UPPER");
        }

        return window;
    }

    /// <summary>The window of a ConvTranspose, and how far its output goes beyond what the last window reaches when nothing is cut (output_padding).</summary>
    internal static (Window Window, long[] Beyond) OfTransposed(NodeGradient g, Value input, long?[] kernel)
    {
        var rank = kernel.Length;
        var window = Plain(g.Node, kernel);
        var beyond = g.Node.Ints("output_padding")?.ToArray() ?? new long[rank];
        var mode = g.Node.Text("auto_pad", "NOTSET");
        var outputs = g.Node.Ints("output_shape");
        if (mode == "VALID") window = window with { Before = new long[rank], After = new long[rank] };
        if (outputs is null && mode is "NOTSET" or "VALID") return (window, beyond);
        for (var i = 0; i < rank; i++)
        {
            // output = stride·(input − 1) + span + beyond − total, where SAME asks for output = stride·input.
            var reach = window.Span(i) ?? g.Emit.SizeOf(g.In(1), 2 + i);
            var surplus = outputs is null ? reach - window.Strides[i] : reach + window.Strides[i] * (g.Emit.SizeOf(input, 2 + i) - 1) - outputs[outputs.Length - rank + i];
            var total = Math.Max(0, surplus + beyond[i]);
            window.Share(i, total, mode == "SAME_UPPER");
            beyond[i] = total - surplus;
        }

        return (window, beyond);
    }

    /// <summary>Positions from the first to the last that one window touches, both counted.</summary>
    internal long? Span(int axis) => Dilations[axis] * (Kernel[axis] - 1) + 1;

    /// <summary>Trailing positions of the padded input that no window reaches, less than a stride; null where the size is free.</summary>
    internal long?[] Unread(Emitter emit, Value input) => [.. Enumerable.Range(0, Rank).Select(i =>
        Strides[i] == 1 ? 0 : (emit.ShapeOf(input)[2 + i].Size + Before[i] + After[i] - Span(i)) % Strides[i])];

    /// <summary>Strides, dilations, pads and group as attributes.</summary>
    internal NodeAttribute[] Attributes(long group = 1) =>
        [NodeAttribute.Of("strides", Strides), NodeAttribute.Of("dilations", Dilations), NodeAttribute.Of("pads", Pads), NodeAttribute.Of("group", group)];

    private static Window Plain(Node node, long?[] kernel)
    {
        var rank = kernel.Length;
        long[] Ones() => [.. Enumerable.Repeat(1L, rank)];
        var pads = node.Ints("pads") ?? new long[2 * rank];
        return new Window(kernel, node.Ints("strides") ?? Ones(), node.Ints("dilations") ?? Ones(), pads[..rank], pads[rank..]) { Ceil = node.Int("ceil_mode", 0) == 1 };
    }

    private void Share(int axis, long total, bool moreAtTheEnd) =>
        (Before[axis], After[axis]) = moreAtTheEnd ? (total / 2, total - total / 2) : (total - total / 2, total / 2);
}
