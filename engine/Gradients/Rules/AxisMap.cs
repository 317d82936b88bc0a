using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Transposes of linear maps along one axis of a tensor; all other axes, the batch among them, stay as they are.</summary>
internal static class AxisMap
{
    /// <summary>
    /// Back from a selection: y[o] = x[from[o]] gives dx[i] = dy[o] where from[o] = i, and 0 where nothing took i. No i is taken twice.
    /// A run of neighbours is a Pad; any other order gathers from dy with one zero behind it.
    /// </summary>
    internal static Value Unselect(Emitter emit, Value dy, int axis, int rank, long size, ReadOnlySpan<long> from)
    {
        if (from.IsEmpty) throw new ArgumentException("nothing was selected", nameof(from));
        var run = true;
        for (var o = 1; o < from.Length; o++) run &= from[o] == from[o - 1] + 1;
        if (run) return Pad(emit, dy, axis, rank, from[0], size - from[0] - from.Length);
        var back = new long[size];
        Array.Fill(back, from.Length);
        for (var o = 0; o < from.Length; o++) back[from[o]] = o;
        if (from.Length < size) dy = Pad(emit, dy, axis, rank, 0, 1);
        return emit.Add("Gather", [dy, emit.Ints(back)], NodeAttribute.Of("axis", (long)axis));
    }

    /// <summary>Back from a product: y = A·x along the axis gives dx = Aᵀ·dy. A: [out, in].</summary>
    internal static Value Product(Emitter emit, Value dy, int axis, int rank, double[,] a)
    {
        if (axis == rank - 1 && rank > 1) return emit.Add("MatMul", [dy, Matrix(emit, dy, a, transposed: false)]);
        if (axis == rank - 2) return emit.Add("MatMul", [Matrix(emit, dy, a, transposed: true), dy]);
        if (rank == 1) return emit.Reshape(emit.Add("MatMul", [emit.Reshape(dy, 1, -1), Matrix(emit, dy, a, transposed: false)]), -1);
        long[] swap = [.. Enumerable.Range(0, rank).Select(i => (long)(i == axis ? rank - 1 : i == rank - 1 ? axis : i))];
        return emit.Transpose(emit.Add("MatMul", [emit.Transpose(dy, swap), Matrix(emit, dy, a, transposed: false)]), swap);
    }

    /// <summary>
    /// Back from any map that only moves, drops or repeats elements, with sizes known when it runs: <paramref name="move"/> applies it to the elements' own
    /// numbers, and every dy is added to the element it names.
    /// </summary>
    internal static Value ByNumber(Emitter emit, Value x, Value dy, Func<Value, Value> move)
    {
        var count = emit.Add("Size", [x]);
        var numbers = emit.Add("Range", [emit.Constant(Tensor.From<long>(ElementType.Int64, [], [0])), count, emit.Constant(Tensor.From<long>(ElementType.Int64, [], [1]))]);
        var from = emit.Reshape(move(emit.ReshapeLike(numbers, x)), -1);
        var zeros = emit.Add("Expand", [emit.Scalar(0, dy), emit.Reshape(count, 1)]);
        var sums = emit.Add("ScatterElements", [zeros, from, emit.Reshape(dy, -1)], NodeAttribute.Of("axis", 0L), NodeAttribute.Of("reduction", "add"));
        return emit.ReshapeLike(sums, x);
    }

    private static Value Pad(Emitter emit, Value value, int axis, int rank, long before, long after)
    {
        if (before == 0 && after == 0) return value;
        var pads = new long[2 * rank];
        (pads[axis], pads[rank + axis]) = (before, after);
        return emit.Add("Pad", [value, emit.Ints(pads), emit.Scalar(0, value)]);
    }

    private static Value Matrix(Emitter emit, Value like, double[,] a, bool transposed)
    {
        var (rows, columns) = transposed ? (a.GetLength(1), a.GetLength(0)) : (a.GetLength(0), a.GetLength(1));
        var numbers = new double[rows * columns];
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < columns; c++) numbers[r * columns + c] = transposed ? a[c, r] : a[r, c];
        return emit.ElementOf(like) switch
        {
            ElementType.Double => emit.Constant(Tensor.From<double>(ElementType.Double, [rows, columns], numbers)),
            ElementType.Float16 => emit.Constant(Tensor.From<Half>(ElementType.Float16, [rows, columns], [.. numbers.Select(v => (Half)v)])),
            _ => emit.CastLike(emit.Constant(Tensor.FromFloats([rows, columns], [.. numbers.Select(v => (float)v)])), like),
        };
    }
}
