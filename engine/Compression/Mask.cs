using System.Numerics;
using System.Runtime.InteropServices;
using OnnxAudit.Graphs;

namespace OnnxAudit.Compression;

/// <summary>Which weights of one tensor stay: one bit per weight in C order. Immutable.</summary>
public sealed class Mask
{
    private readonly byte[] _bits;

    /// <summary>A mask over <paramref name="count"/> weights of initializer <paramref name="tensor"/>; the bits are copied.</summary>
    /// <exception cref="ArgumentException">Not ⌈count/8⌉ bytes, or a bit beyond the last weight is set.</exception>
    public Mask(string tensor, long count, ReadOnlySpan<byte> bits) : this(tensor, count, bits.ToArray())
    {
    }

    internal Mask(string tensor, long count, byte[] bits)
    {
        ArgumentException.ThrowIfNullOrEmpty(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (bits.Length != ByteLength(count)) throw new ArgumentException(FormattableString.Invariant($"{count} weights take {ByteLength(count)} bytes, got {bits.Length}"), nameof(bits));
        if (count % 8 != 0 && bits[^1] >> (int)(count % 8) != 0) throw new ArgumentException("a bit beyond the last weight is set", nameof(bits));
        (Tensor, Count, _bits, Kept) = (tensor, count, bits, Ones(bits));
    }

    /// <summary>Name of the initializer it masks.</summary>
    public string Tensor { get; }

    /// <summary>Number of weights.</summary>
    public long Count { get; }

    /// <summary>Number of weights that stay.</summary>
    public long Kept { get; }

    /// <summary>Share of weights removed, 0 for an empty tensor.</summary>
    public double Sparsity => Count == 0 ? 0 : (double)(Count - Kept) / Count;

    /// <summary>Packed bits: weight i is bit i mod 8 (low first) of byte ⌊i/8⌋; 1 = kept; bits past the last weight are 0.</summary>
    public ReadOnlySpan<byte> Bits => _bits;

    /// <summary>True when weight <paramref name="index"/> stays.</summary>
    public bool this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return (_bits[index >> 3] >> (int)(index & 7) & 1) != 0;
        }
    }

    /// <summary>Bytes of a mask over <paramref name="count"/> weights.</summary>
    public static long ByteLength(long count) => count / 8 + (count % 8 == 0 ? 0 : 1);

    /// <summary>A new tensor: w where kept, +0 where removed (also where w is NaN or infinite). Type and shape stay.</summary>
    /// <exception cref="ArgumentException">The tensor has another number of elements or elements of less than 8 bits.</exception>
    public Tensor Apply(Tensor weights)
    {
        if (weights.Count != Count) throw new ArgumentException(FormattableString.Invariant($"mask '{Tensor}' is over {Count} weights, the tensor has {weights.Count}"), nameof(weights));
        var result = new byte[weights.Data.Length];
        switch (weights.Type.Bits())
        {
            case 8: Keep(weights.Data.Span, result); break;
            case 16: Keep(weights.Span<ushort>(), MemoryMarshal.Cast<byte, ushort>(result.AsSpan())); break;
            case 32: Keep(weights.Span<uint>(), MemoryMarshal.Cast<byte, uint>(result.AsSpan())); break;
            case 64: Keep(weights.Span<ulong>(), MemoryMarshal.Cast<byte, ulong>(result.AsSpan())); break;
            default: throw new ArgumentException($"{weights.Type} cannot be masked", nameof(weights));
        }

        return new Tensor(weights.Type, weights.Dims, result);
    }

    /// <summary>The mask as numbers, 1 kept and 0 removed, of a floating element type.</summary>
    /// <param name="type">float32, float16, bfloat16 or float64.</param>
    /// <param name="dims">Shape; its product must be <see cref="Count"/>.</param>
    public Tensor ToTensor(ElementType type, ReadOnlySpan<long> dims)
    {
        var result = new byte[type.ByteLength(Count)];
        switch (type)
        {
            case ElementType.Float: Ones<float>(1f, result); break;
            case ElementType.Double: Ones(1d, result); break;
            case ElementType.Float16: Ones((Half)1, result); break;
            case ElementType.BFloat16: Ones<ushort>(0x3F80, result); break;
            default: throw new ArgumentException($"no {type} mask", nameof(type));
        }

        return new Tensor(type, dims, result);
    }

    private void Ones<T>(T one, Span<byte> into) where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(into);
        for (var i = 0; i < values.Length; i++)
            if ((_bits[i >> 3] >> (i & 7) & 1) != 0) values[i] = one;
    }

    private void Keep<T>(ReadOnlySpan<T> from, Span<T> to) where T : unmanaged
    {
        for (var at = 0; at < from.Length; at += 8)
        {
            int bits = _bits[at >> 3];
            var width = Math.Min(8, from.Length - at);
            if (bits == 0xFF) from.Slice(at, width).CopyTo(to.Slice(at));
            else
                for (var i = 0; i < width; i++)
                    if ((bits >> i & 1) != 0) to[at + i] = from[at + i];
        }
    }

    private static long Ones(ReadOnlySpan<byte> bits)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bits);
        long sum = 0;
        foreach (var word in words) sum += BitOperations.PopCount(word);
        foreach (var b in bits[(words.Length * 8)..]) sum += BitOperations.PopCount(b);
        return sum;
    }
}
