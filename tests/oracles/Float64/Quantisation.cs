using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles;

/// <summary>Linear quantisation with one scale, or one for every index of an axis.</summary>
internal static class Quantisation
{
    /// <summary>saturate(round-half-even(x / scale) + zero point), in the zero point's type, uint8 without one.</summary>
    public static Float64Tensor[] Quantize(OpCall call)
    {
        var (x, scale, zero) = (call[0], call[1], call.Optional(2));
        var type = zero?.Type ?? (ElementType)call.Int("output_dtype", (long)ElementType.UInt8);
        var (low, high) = type switch
        {
            ElementType.UInt8 => (0, 255),
            ElementType.Int8 => (-128, 127),
            ElementType.UInt16 => (0, 65535),
            ElementType.Int16 => (-32768, 32767),
            _ => throw new NotSupportedException($"no QuantizeLinear to {type}"),
        };
        var at = Along(call, x, scale);
        return [new(type, x.Dims, [.. x.Values.Select((v, i) =>
            Math.Clamp(Math.Round(v / scale.Values[at(i)], MidpointRounding.ToEven) + (zero?.Values[at(i)] ?? 0), low, high))])];
    }

    /// <summary>(x − zero point) · scale, in the scale's type.</summary>
    public static Float64Tensor[] Dequantize(OpCall call)
    {
        var (x, scale, zero) = (call[0], call[1], call.Optional(2));
        var at = Along(call, x, scale);
        return [new(scale.Type, x.Dims, [.. x.Values.Select((v, i) => (v - (zero?.Values[at(i)] ?? 0)) * scale.Values[at(i)])])];
    }

    /// <summary>uint8 over the range of all elements widened to hold 0; the scale is rounded to float32, the type it has.</summary>
    public static Float64Tensor[] DynamicQuantize(OpCall call)
    {
        var x = call[0];
        var (low, high) = (Math.Min(0, x.Values.Min()), Math.Max(0, x.Values.Max()));
        double scale = (float)((high - low) / 255);
        var zero = Math.Clamp(Math.Round(-low / scale, MidpointRounding.ToEven), 0, 255);
        return
        [
            new(ElementType.UInt8, x.Dims, [.. x.Values.Select(v => Math.Clamp(Math.Round(v / scale, MidpointRounding.ToEven) + zero, 0, 255))]),
            new(ElementType.Float, [], [scale]), new(ElementType.UInt8, [], [zero]),
        ];
    }

    /// <summary>(A − a₀)·(B − b₀), b₀ one number or one a column.</summary>
    public static Float64Tensor[] MatMulInteger(OpCall call) =>
        [As32(Products.MatMul(new OpCall(call.Node, [Less(call[0], call.Optional(2), _ => 0), Less(call[1], call.Optional(3), i => i % (int)call[1].Dims[^1])]))[0])];

    /// <summary>The convolution of x − x₀ by w − w₀, w₀ one number or one a filter.</summary>
    public static Float64Tensor[] ConvInteger(OpCall call)
    {
        var filter = call[1].Values.Length / (int)call[1].Dims[0];
        return [As32(Convolution.Conv(new OpCall(call.Node, [Less(call[0], call.Optional(2), _ => 0), Less(call[1], call.Optional(3), i => i / filter)]))[0])];
    }

    private static Float64Tensor Less(Float64Tensor x, Float64Tensor? zero, Func<int, int> at) =>
        new(x.Type, x.Dims, [.. x.Values.Select((v, i) => v - (zero is null ? 0 : zero.Values[zero.Values.Length == 1 ? 0 : at(i)]))]);

    private static Float64Tensor As32(Float64Tensor x) => new(ElementType.Int32, x.Dims, x.Values);

    private static Func<int, int> Along(OpCall call, Float64Tensor x, Float64Tensor scale)
    {
        if (scale.Values.Length == 1) return _ => 0;
        if (scale.Rank != 1) throw new NotSupportedException("no blocked quantisation");
        var (_, size, after) = Grid.Around(x.Dims, call.Axis("axis", 1, x.Rank));
        return i => i / after % size;
    }
}
