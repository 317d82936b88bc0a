using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// One resolving of a value to its constant. A value met twice is computed once, and the depth of arithmetic on constants is bounded, so that a
/// graph made to explode does not.
/// </summary>
internal sealed class Resolution
{
    private const int Deepest = 16;

    private readonly Dictionary<Value, Tensor?> _known = [];
    private int _depth;

    /// <summary>The constant, or null.</summary>
    public Tensor? Of(Value? value)
    {
        while (value is { Initializer: null, Producer: { } identity } && identity.Is("Identity")) value = identity.Input(0);
        if (value is null) return null;
        if (value.Initializer is { } tensor) return tensor;
        if (value.Producer is not { } maker || _depth == Deepest) return null;
        if (_known.TryGetValue(value, out var known)) return known;
        _depth++;
        var made = Made(maker);
        _depth--;
        return _known[value] = made;
    }

    private Tensor? Made(Node maker)
    {
        if (maker.OpType == "DequantizeLinear" && maker.Domain is ("" or "ai.onnx" or "com.microsoft")) return Dequantised(maker);
        if (maker.Domain is not ("" or "ai.onnx")) return null;
        return maker.OpType switch
        {
            "Constant" => Stated(maker),
            "Transpose" when Of(maker.Input(0)) is { } x => Transposed(x, maker.Ints("perm")),
            "Mul" when Of(maker.Input(0)) is { } a && Of(maker.Input(1)) is { } b => Product(a, b),
            "Cast" when maker.Int("to", 0) == (long)ElementType.Float && Of(maker.Input(0)) is { } x && IsReal(x.Type) =>
                Tensor.FromFloats(x.Dims, x.ToFloats()),
            "Cast" when maker.Int("to", 0) == (long)ElementType.Bool => Decoding.Apply(maker, Of),
            "Cast" when Of(maker.Input(0)) is { } x => ConstantGather.Widened(x, (ElementType)maker.Int("to", 0)),
            "Gather" when maker.Int("axis", 0) == 0 && Of(maker.Input(0)) is { } list && Of(maker.Input(1)) is { } indices => ConstantGather.Apply(list, indices),
            "BitShift" or "Where" or "Reshape" or "Slice" => Decoding.Apply(maker, Of),
            _ => null,
        };
    }

    private Tensor? Dequantised(Node node)
    {
        var zero = node.Input(2) is null ? null : Of(node.Input(2));
        if (zero is null && node.Input(2) is not null) return null;
        return Of(node.Input(0)) is { } x && Of(node.Input(1)) is { } scale
            ? Dequantisation.Apply(x, scale, zero, node.Int("axis", 1), node.Int("block_size", 0)) : null;
    }

    /// <summary>Whether <see cref="TensorFloats.ToFloats"/> takes an element type.</summary>
    public static bool IsReal(ElementType type) =>
        type is not (ElementType.String or ElementType.Complex64 or ElementType.Complex128 or ElementType.Undefined);

    private static Tensor? Stated(Node constant)
    {
        foreach (var attribute in constant.Attributes)
        {
            switch (attribute.Name, attribute.Value)
            {
                case ("value" or "sparse_value", Tensor tensor): return tensor;
                case ("value_float", float v): return Tensor.FromFloats([], [v]);
                case ("value_floats", float[] v): return Tensor.FromFloats([v.Length], v);
                case ("value_int", long v): return Tensor.From<long>(ElementType.Int64, [], [v]);
                case ("value_ints", long[] v): return Tensor.From<long>(ElementType.Int64, [v.Length], v);
                case ("value_string", ReadOnlyMemory<byte> v): return new Tensor([], [v]);
                case ("value_strings", ReadOnlyMemory<byte>[] v): return new Tensor([v.Length], v);
            }
        }

        return null;
    }

    private static Tensor? Product(Tensor a, Tensor b)
    {
        if (!IsReal(a.Type) || !IsReal(b.Type)) return null;
        if (b.Count == 1 && b.Rank <= a.Rank) return Scaled(a, b.ToFloats()[0]);
        if (a.Count == 1 && a.Rank <= b.Rank) return Scaled(b, a.ToFloats()[0]);
        if (!a.Dims.SequenceEqual(b.Dims)) return null;
        var product = a.ToFloats();
        System.Numerics.Tensors.TensorPrimitives.Multiply(product, b.ToFloats(), product);
        return Tensor.FromFloats(a.Dims, product);
    }

    private static Tensor Scaled(Tensor tensor, float by)
    {
        var product = tensor.ToFloats();
        System.Numerics.Tensors.TensorPrimitives.Multiply(product, by, product);
        return Tensor.FromFloats(tensor.Dims, product);
    }

    // perm omitted means reversed. Works on whole bytes; packed types are not moved.
    private static Tensor? Transposed(Tensor x, long[]? perm)
    {
        perm ??= [.. Enumerable.Range(0, x.Rank).Select(i => (long)(x.Rank - 1 - i))];
        var bits = x.Type.Bits();
        if (perm.Length != x.Rank || bits < 8 || !perm.Order().SequenceEqual(Enumerable.Range(0, x.Rank).Select(i => (long)i))) return null;
        var dims = new long[x.Rank];
        var steps = new long[x.Rank];
        for (var i = 0; i < x.Rank; i++)
        {
            dims[i] = x.Dims[(int)perm[i]];
            steps[i] = Tensor.CountOf(x.Dims[((int)perm[i] + 1)..]);
        }

        var width = bits / 8;
        var from = x.Data.Span;
        var to = new byte[x.Data.Length];
        var at = new long[x.Rank];
        long offset = 0;
        for (long i = 0; i < x.Count; i++)
        {
            from.Slice((int)(offset * width), width).CopyTo(to.AsSpan((int)(i * width)));
            for (var d = x.Rank - 1; d >= 0; d--)
            {
                offset += steps[d];
                if (++at[d] < dims[d]) break;
                offset -= steps[d] * dims[d];
                at[d] = 0;
            }
        }

        return new Tensor(x.Type, dims, to);
    }
}
