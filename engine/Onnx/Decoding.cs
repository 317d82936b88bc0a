using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>The operators by which a graph unpacks weights from bits, over constants: BitShift of uint8, Cast of uint8 to bool, Where of float32, Reshape, Slice.</summary>
internal static class Decoding
{
    // Broadcasting can make much of little: no weight of a model comes near this.
    private const long Largest = 1 << 28;

    /// <summary>What the node makes of constants; null when an input is none, or for a type or form that is not named above.</summary>
    public static Tensor? Apply(Node node, Func<Value?, Tensor?> of)
    {
        var inputs = new Tensor[node.Inputs.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            if (of(node.Inputs[i]) is not { } constant) return null;
            inputs[i] = constant;
        }

        return (node.OpType, inputs.Length) switch
        {
            ("BitShift", 2) when inputs[0].Type == ElementType.UInt8 && inputs[1].Type == ElementType.UInt8 => Shifted(inputs[0], inputs[1], node.Text("direction", "") == "LEFT"),
            ("Cast", 1) when inputs[0].Type == ElementType.UInt8 && node.Int("to", 0) == (long)ElementType.Bool => Tested(inputs[0]),
            ("Where", 3) when inputs[0].Type == ElementType.Bool && inputs[1].Type == ElementType.Float && inputs[2].Type == ElementType.Float => Chosen(inputs[0], inputs[1], inputs[2]),
            ("Reshape", 2) when inputs[1].Type == ElementType.Int64 => Reshaped(inputs[0], inputs[1].Span<long>(), node.Int("allowzero", 0) != 0),
            ("Slice", >= 3) when inputs[1..].All(i => i is { Type: ElementType.Int64, Count: 1 }) => Sliced(inputs[0], [.. inputs[1..].Select(i => i.Span<long>()[0])]),
            _ => null,
        };
    }

    private static Tensor? Shifted(Tensor x, Tensor by, bool left)
    {
        if (Broadcast(x, by) is not { } dims) return null;
        var (from, shifts, to) = (x.Data, by.Data, new byte[Tensor.CountOf(dims)]);
        Visit(dims, [x, by], (i, at) =>
        {
            int shift = shifts.Span[at[1]];
            to[i] = shift > 7 ? (byte)0 : (byte)(left ? from.Span[at[0]] << shift : from.Span[at[0]] >> shift);
        });
        return new Tensor(ElementType.UInt8, dims, to);
    }

    private static Tensor Tested(Tensor x)
    {
        var to = x.Data.ToArray();
        foreach (ref var octet in to.AsSpan()) octet = octet == 0 ? (byte)0 : (byte)1;
        return new Tensor(ElementType.Bool, x.Dims, to);
    }

    private static Tensor? Chosen(Tensor condition, Tensor yes, Tensor no)
    {
        if (Broadcast(condition, yes, no) is not { } dims) return null;
        var to = new float[Tensor.CountOf(dims)];
        Visit(dims, [condition, yes, no], (i, at) => to[i] = condition.Data.Span[at[0]] != 0 ? yes.Span<float>()[at[1]] : no.Span<float>()[at[2]]);
        return Tensor.FromFloats(dims, to);
    }

    private static Tensor? Reshaped(Tensor x, ReadOnlySpan<long> shape, bool allowZero)
    {
        var dims = shape.ToArray();
        for (var i = 0; i < dims.Length; i++)
            if (dims[i] == 0 && !allowZero) dims[i] = i < x.Rank ? x.Dims[i] : 0;
        var open = Array.IndexOf(dims, -1);
        if (open >= 0)
        {
            dims[open] = 1;
            if (dims.Any(d => d < 1)) return null;
            dims[open] = x.Count / Tensor.CountOf(dims);
        }

        return dims.Any(d => d < 0) || Tensor.CountOf(dims) != x.Count ? null : new Tensor(x.Type, dims, x.Data);
    }

    // Starts, ends, axes, steps; a part along the first axis is one piece of memory.
    private static Tensor? Sliced(Tensor x, long[] bounds)
    {
        if (x.Rank == 0 || x.Type.Bits() < 8 || (bounds.Length > 2 && bounds[2] != 0 && bounds[2] != -x.Rank) || (bounds.Length > 3 && bounds[3] != 1)) return null;
        var length = x.Dims[0];
        var (from, to) = (Within(bounds[0], length), Within(bounds[1], length));
        if (to <= from) return null;
        long[] dims = [to - from, .. x.Dims[1..]];
        var row = x.Type.ByteLength(x.Count) / length;
        return new Tensor(x.Type, dims, x.Data.Slice((int)(from * row), (int)((to - from) * row)));
    }

    private static long Within(long bound, long length) => Math.Clamp(bound < 0 ? bound + length : bound, 0, length);

    private static long[]? Broadcast(params ReadOnlySpan<Tensor> tensors)
    {
        var rank = 0;
        foreach (var tensor in tensors) rank = Math.Max(rank, tensor.Rank);
        var dims = new long[rank];
        Array.Fill(dims, 1);
        foreach (var tensor in tensors)
            for (var d = 0; d < tensor.Rank; d++)
            {
                ref var dim = ref dims[rank - tensor.Rank + d];
                if (tensor.Dims[d] != dim && tensor.Dims[d] != 1 && dim != 1) return null;
                if (dim == 1) dim = tensor.Dims[d];
            }

        return dims.Aggregate(1.0, (product, d) => product * d) <= Largest ? dims : null;
    }

    // Walks the elements in C order with the position of each operand, which stands still along its dimensions of 1.
    private static void Visit(long[] dims, Tensor[] operands, Action<int, int[]> element)
    {
        var (positions, at, steps) = (new int[operands.Length], new long[dims.Length], new int[operands.Length][]);
        for (var o = 0; o < operands.Length; o++)
        {
            var own = operands[o].Dims;
            var stride = 1;
            steps[o] = new int[dims.Length];
            for (var d = own.Length - 1; d >= 0; d--)
            {
                steps[o][dims.Length - own.Length + d] = own[d] == 1 ? 0 : stride;
                stride *= (int)own[d];
            }
        }

        var count = (int)Tensor.CountOf(dims);
        for (var i = 0; i < count; i++)
        {
            element(i, positions);
            for (var d = dims.Length - 1; d >= 0; d--)
            {
                for (var o = 0; o < positions.Length; o++) positions[o] += steps[o][d];
                if (++at[d] < dims[d]) break;
                for (var o = 0; o < positions.Length; o++) positions[o] -= steps[o][d] * (int)dims[d];
                at[d] = 0;
            }
        }
    }
}
