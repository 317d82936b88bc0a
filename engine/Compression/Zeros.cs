using System.Numerics;
using System.Numerics.Tensors;
using OnnxAudit.Graphs;
using Tensor = OnnxAudit.Graphs.Tensor;

namespace OnnxAudit.Compression;

/// <summary>Counting zeros in floating-point tensors.</summary>
internal static class Zeros
{
    /// <summary>Elements that are +0 or -0; NaN is not zero.</summary>
    /// <exception cref="ArgumentException">Not a floating-point tensor of 16 bits and more.</exception>
    public static long Of(Tensor tensor) => tensor.Type switch
    {
        ElementType.Float => tensor.Count - Vectors(tensor.Span<float>()),
        ElementType.Double => tensor.Count - Vectors(tensor.Span<double>()),
        ElementType.Float16 or ElementType.BFloat16 => HalfZeros(tensor.Span<ushort>()),
        _ => throw new ArgumentException($"zeros of {tensor.Type} are not counted here", nameof(tensor)),
    };

    private static long Vectors<T>(ReadOnlySpan<T> values) where T : unmanaged, IFloatingPointIeee754<T>
    {
        long other = 0;
        var lanes = Vector<T>.Count;
        var i = 0;
        for (; i + lanes <= values.Length; i += lanes)
            other += lanes - Vector.CountWhereAllBitsSet(Vector.Equals(new Vector<T>(values[i..]), Vector<T>.Zero));
        for (; i < values.Length; i++)
            if (values[i] != T.Zero) other++;
        return other;
    }

    private static long HalfZeros(ReadOnlySpan<ushort> bits)
    {
        long zeros = 0;
        foreach (var b in bits)
            if ((b & 0x7FFF) == 0) zeros++;
        return zeros;
    }
}
