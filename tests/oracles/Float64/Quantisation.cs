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

    private static Func<int, int> Along(OpCall call, Float64Tensor x, Float64Tensor scale)
    {
        if (scale.Values.Length == 1) return _ => 0;
        if (scale.Rank != 1) throw new NotSupportedException("no blocked quantisation");
        var (_, size, after) = Grid.Around(x.Dims, call.Axis("axis", 1, x.Rank));
        return i => i / after % size;
    }
}
