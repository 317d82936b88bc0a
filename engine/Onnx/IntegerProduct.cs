using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// A layer quantised while running: DynamicQuantizeLinear gives x as integers, MatMulInteger or ConvInteger multiplies, and the sums are cast and scaled,
/// z = cast((x − x₀)·(B − b₀))·(x_scale·b_scale).
/// </summary>
internal static class IntegerProduct
{
    /// <summary>The MatMulInteger or ConvInteger behind such a scaling and its map, or null when <paramref name="scaling"/> is none.</summary>
    public static (Node Product, LinearJudgement Map)? Find(Node scaling)
    {
        if (!scaling.Is("Mul")) return null;
        for (var side = 0; side < 2; side++)
        {
            if (scaling.Input(side)?.Producer is { } cast && cast.Is("Cast") && cast.Input(0)?.Producer is { } product && IsProduct(product))
                return (product, Read(product, scaling.Input(1 - side)));
        }

        return null;
    }

    private static LinearJudgement Read(Node product, Value? scale)
    {
        var (inputScale, weightScale) = Scales(scale);
        if (inputScale is null || weightScale is null) return "its scale is not that of the input times a constant";
        var zero = product.Input(3);
        if (Constants.Resolve(product.Input(1)) is not { } weight || (zero is not null && Constants.Resolve(zero) is null))
            return "its weight is computed";
        var dequantised = Dequantisation.Apply(weight, weightScale, Constants.Resolve(zero), AxisOf(product, weight));
        if (dequantised is null) return "its scales do not fit its weight";
        var form = new QuantisedForm(inputScale, product.Input(2), "");
        if (product.Is("ConvInteger")) return LinearMaps.Convolution("ConvInteger", product, dequantised, null, form);
        var judged = LinearMaps.Product("MatMulInteger", null, product.Input(0), dequantised, product.Input(1), false, false, 1);
        return judged.Map is { } map ? map with { InputForm = form } : judged;
    }

    /// <summary>True for a product of integers that such layers are made with.</summary>
    public static bool IsProduct(Node node) => node.Is("MatMulInteger") || node.Is("ConvInteger");

    /// <summary>The weight such a product stands for, by the scale its sums are multiplied with; null when the graph does not scale them by a constant.</summary>
    public static Tensor? WeightOf(Node product)
    {
        if (product.Output(0)?.Uses is not [{ Node: var cast }] || !cast.Is("Cast") || cast.Output(0)?.Uses is not [{ Node: var scaling, Index: var side }] || !scaling.Is("Mul")) return null;
        return Constants.Resolve(product.Input(1)) is { } weight && Scales(scaling.Input(1 - side)).Weight is { } scale
            ? Dequantisation.Apply(weight, scale, Constants.Resolve(product.Input(3)), AxisOf(product, weight)) : null;
    }

    private static int AxisOf(Node product, Tensor weight) => product.Is("ConvInteger") ? 0 : weight.Rank - 1;

    private static (Value? Input, Tensor? Weight) Scales(Value? product)
    {
        if (product?.Producer is not { } maker || !maker.Is("Mul")) return (null, null);
        var (a, b) = (Constants.Resolve(maker.Input(0)), Constants.Resolve(maker.Input(1)));
        return a is null ? (maker.Input(0), b) : (maker.Input(1), a);
    }
}
