using System.Runtime.InteropServices;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles;

/// <summary>A tensor of the float64 evaluator: elements of every type are doubles (false 0, true 1), in C order; the type says what they stand for.</summary>
internal sealed class Float64Tensor
{
    public Float64Tensor(ElementType type, long[] dims, double[] values)
    {
        if (Tensor.CountOf(dims) != values.Length) throw new ArgumentException($"[{string.Join(',', dims)}] takes {Tensor.CountOf(dims)} values, got {values.Length}", nameof(values));
        (Type, Dims, Values) = (type, dims, values);
    }

    public ElementType Type { get; }

    public long[] Dims { get; }

    public double[] Values { get; }

    public int Rank => Dims.Length;

    public bool IsFloat => Type is ElementType.Float or ElementType.Double or ElementType.Float16 or ElementType.BFloat16;

    /// <summary>A float tensor. Without dims: a scalar from one value, else a vector.</summary>
    public static Float64Tensor From(double[] values, params long[] dims) => new(ElementType.Float, Shape(values.Length, dims), values);

    /// <summary>An int64 tensor. Without dims: a vector.</summary>
    public static Float64Tensor Ints(long[] values, params long[] dims) =>
        new(ElementType.Int64, dims.Length == 0 ? [values.Length] : dims, [.. values.Select(v => (double)v)]);

    /// <summary>An int64 scalar.</summary>
    public static Float64Tensor Int(long value) => new(ElementType.Int64, [], [value]);

    /// <summary>A bool tensor. Without dims: a vector.</summary>
    public static Float64Tensor Bools(bool[] values, params long[] dims) =>
        new(ElementType.Bool, dims.Length == 0 ? [values.Length] : dims, [.. values.Select(v => v ? 1.0 : 0.0)]);

    /// <summary>Standard normal floats from a seed. Each is exactly a float32, so that float32 runs see the same inputs.</summary>
    public static Float64Tensor Random(int seed, params long[] dims)
    {
        var random = new Random(seed);
        return Fill(dims, () => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    /// <summary>Uniform floats from low to high; each is exactly a float32.</summary>
    public static Float64Tensor Uniform(int seed, double low, double high, params long[] dims)
    {
        var random = new Random(seed);
        return Fill(dims, () => low + (high - low) * random.NextDouble());
    }

    /// <summary>A constant of a graph.</summary>
    public static Float64Tensor Of(Tensor tensor) => new(tensor.Type, tensor.Dims.ToArray(), tensor.Type switch
    {
        ElementType.Double => tensor.Span<double>().ToArray(),
        ElementType.Int64 => [.. tensor.Span<long>().ToArray().Select(v => (double)v)],
        ElementType.Int32 => [.. tensor.Span<int>().ToArray().Select(v => (double)v)],
        _ => [.. tensor.ToFloats().Select(v => (double)v)],
    });

    /// <summary>As a constant of a graph, in its own type.</summary>
    public Tensor ToTensor() => Type switch
    {
        ElementType.Float => Packed(v => (float)v),
        ElementType.Double => Packed(v => v),
        ElementType.Float16 => Packed(v => (Half)v),
        ElementType.Int64 => Packed(v => (long)v),
        ElementType.Int32 => Packed(v => (int)v),
        ElementType.UInt8 => Packed(v => (byte)v),
        ElementType.Int8 => Packed(v => (sbyte)v),
        ElementType.Bool => Packed(v => v != 0),
        _ => throw new NotSupportedException($"no constants of {Type} here"),
    };

    /// <summary>The same values under another shape.</summary>
    public Float64Tensor Shaped(params long[] dims) => new(Type, dims, Values);

    /// <summary>The values rounded to Half, for Float16, or as they are, under another type.</summary>
    public Float64Tensor As(ElementType type) => new(type, Dims, type == ElementType.Float16 ? [.. Values.Select(v => (double)(Half)v)] : Values);

    /// <summary>Other values of the same type and shape.</summary>
    public Float64Tensor With(double[] values) => new(Type, Dims, values);

    /// <summary>The elements as integers.</summary>
    public long[] Longs() => [.. Values.Select(v => (long)v)];

    public override string ToString() => $"{Type}[{string.Join(',', Dims)}]";

    private static long[] Shape(int count, long[] dims) => dims.Length > 0 || count == 1 ? dims : [count];

    private static Float64Tensor Fill(long[] dims, Func<double> draw)
    {
        var values = new double[Tensor.CountOf(dims)];
        for (var i = 0; i < values.Length; i++) values[i] = (float)draw();
        return new(ElementType.Float, dims, values);
    }

    private Tensor Packed<T>(Func<double, T> element) where T : unmanaged
    {
        var packed = new T[Values.Length];
        for (var i = 0; i < packed.Length; i++) packed[i] = element(Values[i]);
        return new Tensor(Type, Dims, MemoryMarshal.AsBytes<T>(packed).ToArray());
    }
}
