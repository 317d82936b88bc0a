using System.Runtime.InteropServices;

namespace OnnxAudit.Graphs;

/// <summary>
/// A constant: element type, shape and bytes (little-endian, C order, sub-byte types packed low bits first).
/// Immutable; the bytes may be a view into a mapped file and are not read until touched.
/// </summary>
public sealed class Tensor
{
    private readonly long[] _dims;

    /// <summary>A numeric tensor over <paramref name="data"/>, not copied. The length must be exactly what type and shape ask for.</summary>
    /// <exception cref="ArgumentException">The byte length does not match.</exception>
    public Tensor(ElementType type, ReadOnlySpan<long> dims, ReadOnlyMemory<byte> data)
    {
        if (type is ElementType.String or ElementType.Undefined) throw new ArgumentException($"no bytes hold {type}", nameof(type));
        Type = type;
        _dims = dims.ToArray();
        Count = CountOf(_dims);
        if (type.ByteLength(Count) != data.Length)
            throw new ArgumentException($"{type} [{string.Join(',', _dims)}] takes {type.ByteLength(Count)} bytes, got {data.Length}", nameof(data));
        Data = data;
    }

    /// <summary>A string tensor; each element is its UTF-8 (or raw) bytes.</summary>
    public Tensor(ReadOnlySpan<long> dims, IReadOnlyList<ReadOnlyMemory<byte>> strings)
    {
        Type = ElementType.String;
        _dims = dims.ToArray();
        Count = CountOf(_dims);
        if (Count != strings.Count)
            throw new ArgumentException($"[{string.Join(',', _dims)}] takes {Count} strings, got {strings.Count}", nameof(strings));
        Strings = strings;
    }

    /// <summary>Element type.</summary>
    public ElementType Type { get; }

    /// <summary>Shape; empty for a scalar.</summary>
    public ReadOnlySpan<long> Dims => _dims;

    /// <summary>Number of dimensions.</summary>
    public int Rank => _dims.Length;

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>The bytes; empty for strings.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The strings; empty for numbers.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Strings { get; } = [];

    /// <summary>How the file stored it (sparse, external, typed field), kept so that writing can do the same. Opaque here; the format's
    /// room owns it.</summary>
    public object? Storage { get; init; }

    /// <summary>Non-zero count when the file itself stated it (a sparse initializer); otherwise null.</summary>
    public long? KnownNonZero { get; init; }

    /// <summary>The elements as <typeparamref name="T"/>, without copying. T's size must be the element's.</summary>
    /// <exception cref="InvalidOperationException">T does not fit the element type.</exception>
    public ReadOnlySpan<T> Span<T>() where T : unmanaged
    {
        if (System.Runtime.CompilerServices.Unsafe.SizeOf<T>() * 8 != Type.Bits())
            throw new InvalidOperationException($"a {Type} tensor cannot be read as {typeof(T).Name}");
        return MemoryMarshal.Cast<byte, T>(Data.Span);
    }

    /// <summary>A tensor that owns a copy of <paramref name="values"/>.</summary>
    public static Tensor From<T>(ElementType type, ReadOnlySpan<long> dims, ReadOnlySpan<T> values) where T : unmanaged =>
        new(type, dims, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A float32 tensor that owns a copy of <paramref name="values"/>.</summary>
    public static Tensor FromFloats(ReadOnlySpan<long> dims, ReadOnlySpan<float> values) => From(ElementType.Float, dims, values);

    /// <summary>Product of the dimensions; negative dimensions and overflow throw.</summary>
    public static long CountOf(ReadOnlySpan<long> dims)
    {
        long count = 1;
        foreach (var d in dims)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(d, nameof(dims));
            count = checked(count * d);
        }

        return count;
    }
}
