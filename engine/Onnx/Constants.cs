using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// Values known before the model runs. An initializer counts as known also where a caller could override it, as in IR version 3, which lists
/// weights as inputs.
/// </summary>
public static class Constants
{
    private const int Deepest = 64;

    /// <summary>The value with an initializer behind a value, through Identity nodes; null when there is none.</summary>
    public static Value? Source(Value? value)
    {
        while (value is { Initializer: null }) value = value.Producer is { } maker && maker.Is("Identity") ? maker.Input(0) : null;
        return value;
    }

    /// <summary>
    /// The constant a value stands for: an initializer, a Constant node, or Identity, Transpose, Mul (scalar or same shape), Cast to float and
    /// DequantizeLinear of constants, the last three as float32. Null when it depends on the input or on an operator not named here.
    /// Initializers are not copied.
    /// </summary>
    public static Tensor? Resolve(Value? value) => Resolve(value, Deepest);

    /// <summary>The element type of a value, stated by the file or following from its maker; null when neither says.</summary>
    public static ElementType? ElementOf(Value? value)
    {
        for (var steps = 0; value is not null && steps < Deepest; steps++)
        {
            if (value.Initializer is { } tensor) return tensor.Type;
            if (value.Type is { Element: not ElementType.Undefined } type) return type.Element;
            if (value.Producer is not { } maker) return null;
            if (maker.OpType == "Cast") return (ElementType)maker.Int("to", 0);
            if (maker.Is("Constant")) return Resolve(value)?.Type;
            value = maker.OpType switch
            {
                "DequantizeLinear" => maker.Input(1),
                "Gemm" or "MatMul" or "Conv" or "Add" or "Sub" or "Mul" or "Div" => Source(maker.Input(1)) ?? Source(maker.Input(0))
                    ?? maker.Input(1),
                "Identity" or "Dropout" or "Flatten" or "Reshape" or "Squeeze" or "Unsqueeze" or "Transpose" or "Softmax" or "LogSoftmax" or "Relu"
                    or "GlobalAveragePool" or "AveragePool" or "MaxPool" or "ReduceMean" or "BatchNormalization" or "Clip" => maker.Input(0),
                _ => null,
            };
        }

        return null;
    }

    internal static Tensor? Resolve(Value? value, int depth)
    {
        if (value is null || depth == 0) return null;
        if (value.Initializer is { } tensor) return tensor;
        if (value.Producer is not { } maker) return null;
        if (maker.OpType == "DequantizeLinear" && maker.Domain is ("" or "ai.onnx" or "com.microsoft")) return Dequantisation.Of(maker, depth);
        if (maker.Domain is not ("" or "ai.onnx")) return null;
        return maker.OpType switch
        {
            "Identity" => Resolve(maker.Input(0), depth - 1),
            "Constant" => Stated(maker),
            "Transpose" when Resolve(maker.Input(0), depth - 1) is { } x => Transposed(x, maker.Ints("perm")),
            "Mul" when Resolve(maker.Input(0), depth - 1) is { } a && Resolve(maker.Input(1), depth - 1) is { } b => Product(a, b),
            "Cast" when maker.Int("to", 0) == (long)ElementType.Float && Resolve(maker.Input(0), depth - 1) is { } x && IsReal(x.Type) =>
                Tensor.FromFloats(x.Dims, x.ToFloats()),
            _ => null,
        };
    }

    /// <summary>Whether <see cref="TensorFloats.ToFloats"/> takes an element type.</summary>
    internal static bool IsReal(ElementType type) =>
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
