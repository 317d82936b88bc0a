using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Gradients.Rules;

/// <summary>
/// The straight-through estimator (arXiv:1308.3432): rounding counts as the identity, so the integer between QuantizeLinear and DequantizeLinear carries a
/// float gradient, that of the loss with respect to the integer as if it were real. Through a pair with one scale it is the gradient of the clip: 1 where
/// round(x/scale) + zero point lies within the integer type, 0 outside. An integer initializer asked for by name has that gradient too. Scales and zero
/// points get none.
/// </summary>
internal static class Quantisation
{
    internal static Gradient[] Quantize(NodeGradient g)
    {
        var gradients = g.NoneAtAll();
        if (!g.Wants(0)) return gradients;
        var (e, scale) = (g.Emit, PerAxis(g, g.In(1)));
        var like = g.Output;
        var x = e.CastLike(g.In(0), like);
        scale = e.CastLike(scale, like);
        var rounded = e.Add("Round", [e.Div(x, scale)]);
        var (lowest, highest) = Range(TypeOf(g.Node)!.Value);
        var zero = g.Node.Input(2) is { } point ? e.Add("Cast", [PerAxis(g, point)], NodeAttribute.Of("to", (long)e.ElementOf(like))) : null;
        var inside = e.Add("And", [e.Add("GreaterOrEqual", [rounded, Bound(lowest)]), e.Add("LessOrEqual", [rounded, Bound(highest)])]);
        gradients[0] = e.CastLike(e.Div(e.Masked(inside, like), scale), g.In(0));
        return gradients;

        Value Bound(double end) => zero is null ? e.Scalar(end, like) : e.Sub(e.Scalar(end, like), zero);
    }

    // y = (q − zero point)·scale
    internal static Gradient[] Dequantize(NodeGradient g)
    {
        var gradients = g.NoneAtAll();
        gradients[0] = g.For(0, () => g.Emit.Mul(g.Output, g.Emit.CastLike(PerAxis(g, g.In(1)), g.Output)));
        return gradients;
    }

    internal static string? Refuses(Node node)
    {
        if (node.Int("block_size", 0) != 0) return $"{node.OpType} in blocks";
        if (node.Is("DequantizeLinear")) return null;
        return TypeOf(node) switch
        {
            null => "QuantizeLinear to an element type the file does not tell",
            { } type when Bits(type) is null => $"QuantizeLinear to {type}",
            _ => null,
        };
    }

    // One number along the axis: [C] as [C,1,1].
    private static Value PerAxis(NodeGradient g, Value numbers)
    {
        var (e, rank) = (g.Emit, g.Emit.RankOf(g.In(0)));
        if (e.RankOf(numbers) == 0) return numbers;
        var axis = g.Node.Int("axis", 1);
        var after = e.ShapeOf(numbers)[0].Size == 1 ? 0 : rank - 1 - (int)(axis < 0 ? axis + rank : axis);
        return after == 0 ? numbers : e.Reshape(numbers, [-1, .. Enumerable.Repeat(1L, after)]);
    }

    private static ElementType? TypeOf(Node node)
    {
        if (node.Input(2) is { } zero) return Constants.ElementOf(zero) ?? node.Output(0)?.Type?.Element;
        return node.Int("output_dtype", 0) is var stated and not 0 ? (ElementType)stated : ElementType.UInt8;
    }

    private static (double Lowest, double Highest) Range(ElementType type)
    {
        var (bits, signed) = Bits(type)!.Value;
        var count = Math.ScaleB(1, bits);
        return signed ? (-count / 2, count / 2 - 1) : (0, count - 1);
    }

    private static (int Bits, bool Signed)? Bits(ElementType type) => type switch
    {
        ElementType.Int2 or ElementType.Int4 or ElementType.Int8 or ElementType.Int16 or ElementType.Int32 => (type.Bits(), true),
        ElementType.UInt2 or ElementType.UInt4 or ElementType.UInt8 or ElementType.UInt16 => (type.Bits(), false),
        _ => null,
    };
}
