using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// A layer quantised while running: DynamicQuantizeLinear gives x as integers, MatMulInteger multiplies, and the sums are cast and scaled,
/// z = cast((x − x₀)·(B − b₀))·(x_scale·b_scale).
/// </summary>
internal static class IntegerProduct
{
    /// <summary>The MatMulInteger behind such a scaling and its map, or null when <paramref name="scaling"/> is none.</summary>
    public static (Node Product, LinearJudgement Map)? Find(Node scaling)
    {
        if (!scaling.Is("Mul")) return null;
        for (var side = 0; side < 2; side++)
        {
            if (scaling.Input(side)?.Producer is { } cast && cast.Is("Cast") && cast.Input(0)?.Producer is { } product && product.Is("MatMulInteger"))
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
        var dequantised = Dequantisation.Apply(weight, weightScale, Constants.Resolve(zero), 1);
        if (dequantised is null) return "its scales do not fit its weight";
        var judged = LinearMaps.Product("MatMulInteger", null, product.Input(0), dequantised, product.Input(1), false, false, 1);
        return judged.Map is { } map ? map with { InputForm = new QuantisedForm(inputScale, product.Input(2), "") } : judged;
    }

    private static (Value? Input, Tensor? Weight) Scales(Value? product)
    {
        if (product?.Producer is not { } maker || !maker.Is("Mul")) return (null, null);
        var (a, b) = (Constants.Resolve(maker.Input(0)), Constants.Resolve(maker.Input(1)));
        return a is null ? (maker.Input(0), b) : (maker.Input(1), a);
    }
}
