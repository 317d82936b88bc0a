using System.Numerics.Tensors;

namespace OnnxAudit.Graphs;

/// <summary>Numeric tensors as float32.</summary>
public static class TensorFloats
{
    private static readonly float[] E2M1 = [0, 0.5f, 1, 1.5f, 2, 3, 4, 6];

    /// <summary>
    /// The elements as float32, copied, in C order. Integers and doubles that float32 cannot hold are rounded to nearest; sub-byte types are
    /// unpacked; false is 0 and true 1.
    /// </summary>
    /// <exception cref="InvalidOperationException">Strings and complex numbers have no float form.</exception>
    public static float[] ToFloats(this Tensor tensor)
    {
        var to = new float[checked((int)tensor.Count)];
        switch (tensor.Type)
        {
            case ElementType.Float: tensor.Span<float>().CopyTo(to); break;
            case ElementType.Double: TensorPrimitives.ConvertTruncating<double, float>(tensor.Span<double>(), to); break;
            case ElementType.Float16: TensorPrimitives.ConvertToSingle(tensor.Span<Half>(), to); break;
            case ElementType.BFloat16: Fill(tensor.Span<ushort>(), to, bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)); break;
            case ElementType.Int8: Fill(tensor.Span<sbyte>(), to, v => v); break;
            case ElementType.UInt8: Fill(tensor.Span<byte>(), to, v => v); break;
            case ElementType.Int16: Fill(tensor.Span<short>(), to, v => v); break;
            case ElementType.UInt16: Fill(tensor.Span<ushort>(), to, v => v); break;
            case ElementType.Int32: Fill(tensor.Span<int>(), to, v => v); break;
            case ElementType.UInt32: Fill(tensor.Span<uint>(), to, v => v); break;
            case ElementType.Int64: Fill(tensor.Span<long>(), to, v => v); break;
            case ElementType.UInt64: Fill(tensor.Span<ulong>(), to, v => v); break;
            case ElementType.Bool: Fill(tensor.Span<byte>(), to, v => v == 0 ? 0 : 1); break;
            case ElementType.Float8E4M3FN: Fill(tensor.Span<byte>(), to, v => (v & 0x7f) == 0x7f ? float.NaN : Small(v, 3, 7)); break;
            case ElementType.Float8E4M3FNUZ: Fill(tensor.Span<byte>(), to, v => v == 0x80 ? float.NaN : Small(v, 3, 8)); break;
            case ElementType.Float8E5M2: Fill(tensor.Span<byte>(), to, v => (float)BitConverter.UInt16BitsToHalf((ushort)(v << 8))); break;
            case ElementType.Float8E5M2FNUZ: Fill(tensor.Span<byte>(), to, v => v == 0x80 ? float.NaN : Small(v, 2, 16)); break;
            case ElementType.Float8E8M0: Fill(tensor.Span<byte>(), to, v => v == 0xff ? float.NaN : MathF.ScaleB(1, v - 127)); break;
            case ElementType.UInt4: Unpack(tensor.Data.Span, to, 4, v => v); break;
            case ElementType.Int4: Unpack(tensor.Data.Span, to, 4, v => (v ^ 8) - 8); break;
            case ElementType.UInt2: Unpack(tensor.Data.Span, to, 2, v => v); break;
            case ElementType.Int2: Unpack(tensor.Data.Span, to, 2, v => (v ^ 2) - 2); break;
            case ElementType.Float4E2M1: Unpack(tensor.Data.Span, to, 4, v => (v & 8) == 0 ? E2M1[v] : -E2M1[v & 7]); break;
            default: throw new InvalidOperationException($"a {tensor.Type} tensor has no float form");
        }

        return to;
    }

    private static void Fill<T>(ReadOnlySpan<T> from, float[] to, Func<T, float> value)
    {
        for (var i = 0; i < to.Length; i++) to[i] = value(from[i]);
    }

    private static void Unpack(ReadOnlySpan<byte> from, float[] to, int bits, Func<int, float> value)
    {
        var per = 8 / bits;
        for (var i = 0; i < to.Length; i++) to[i] = value(from[i / per] >> i % per * bits & ((1 << bits) - 1));
    }

    // Sign, exponent, mantissa of an 8-bit float without infinities; a zero exponent is subnormal.
    private static float Small(byte bits, int mantissaBits, int bias)
    {
        var mantissa = bits & ((1 << mantissaBits) - 1);
        var exponent = (bits & 0x7f) >> mantissaBits;
        var magnitude = exponent == 0
            ? MathF.ScaleB(mantissa, 1 - bias - mantissaBits)
            : MathF.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
        return bits < 0x80 ? magnitude : -magnitude;
    }
}
