using System.Numerics.Tensors;

namespace OnnxAudit.Tests.Oracles;

/// <summary>Matrix products.</summary>
internal static class Products
{
    /// <summary>As numpy.matmul: leading axes broadcast, vectors gain an axis that is then dropped.</summary>
    public static Float64Tensor[] MatMul(OpCall call)
    {
        var (a, b) = (call[0], call[1]);
        var (rowVector, columnVector) = (a.Rank == 1, b.Rank == 1);
        if (rowVector) a = a.Shaped(1, a.Dims[0]);
        if (columnVector) b = b.Shaped(b.Dims[0], 1);
        var (rows, inner, columns) = ((int)a.Dims[^2], (int)a.Dims[^1], (int)b.Dims[^1]);
        if (b.Dims[^2] != inner) throw new ArgumentException($"{a} times {b}");
        var batch = Grid.Broadcast(a.Dims[..^2], b.Dims[..^2]);
        var atA = Grid.BroadcastOffsets(a.Dims[..^2], batch);
        var atB = Grid.BroadcastOffsets(b.Dims[..^2], batch);
        var y = new double[atA.Length * rows * columns];
        for (var n = 0; n < atA.Length; n++)
            Product(a.Values.AsMemory(atA[n] * rows * inner, rows * inner), Transposed(b.Values.AsSpan(atB[n] * inner * columns, inner * columns), inner, columns),
                inner, y.AsMemory(n * rows * columns, rows * columns));
        var dims = batch.ToList();
        if (!rowVector) dims.Add(rows);
        if (!columnVector) dims.Add(columns);
        return [new(call[0].Type, [.. dims], y)];
    }

    /// <summary>Y = α·op(A)·op(B) + β·C.</summary>
    public static Float64Tensor[] Gemm(OpCall call)
    {
        var (a, b) = (call[0], call[1]);
        var (transA, transB) = (call.Int("transA", 0) != 0, call.Int("transB", 0) != 0);
        var (alpha, beta) = (call.Float("alpha", 1), call.Float("beta", 1));
        var (rows, inner) = transA ? ((int)a.Dims[1], (int)a.Dims[0]) : ((int)a.Dims[0], (int)a.Dims[1]);
        var columns = (int)(transB ? b.Dims[0] : b.Dims[1]);
        if (inner != b.Dims[transB ? 1 : 0]) throw new ArgumentException($"{a} times {b}");
        var c = call.Optional(2) is { } bias ? Elementwise.Spread(bias, [rows, columns]) : new double[rows * columns];
        var y = new double[rows * columns];
        Product(transA ? Transposed(a.Values, inner, rows) : a.Values, transB ? b.Values : Transposed(b.Values, inner, columns), inner, y);
        for (var i = 0; i < y.Length; i++) y[i] = alpha * y[i] + beta * c[i];
        return [new(a.Type, [rows, columns], y)];
    }

    /// <summary>Σ over the letters that the output lacks of the product of the operands. Without an arrow, the output has the letters seen once, sorted.</summary>
    public static Float64Tensor[] Einsum(OpCall call)
    {
        var equation = call.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        if (equation.Contains('.')) throw new NotSupportedException("no Einsum with an ellipsis");
        var sides = equation.Split("->");
        var terms = sides[0].Split(',');
        var letters = string.Concat(terms);
        var output = sides.Length > 1 ? sides[1] : string.Concat(letters.Where(l => letters.Count(o => o == l) == 1).Order());
        var summed = string.Concat(letters.Where(l => !output.Contains(l)).Distinct());
        var sizes = new Dictionary<char, long>();
        for (var t = 0; t < terms.Length; t++)
            for (var i = 0; i < terms[t].Length; i++) sizes[terms[t][i]] = call[t].Dims[i];
        long[] dims = [.. output.Select(l => sizes[l])];
        long[] all = [.. dims, .. summed.Select(l => sizes[l])];
        var at = terms.Select((term, t) => Grid.Offsets(all, StridesOf(term, call[t].Dims, output + summed))).ToArray();
        var y = new double[Grid.Count(dims)];
        var inner = Grid.Count(all.AsSpan(dims.Length));
        for (var i = 0; i < y.Length * inner; i++)
        {
            var product = 1.0;
            for (var t = 0; t < terms.Length; t++) product *= call[t].Values[at[t][i]];
            y[i / inner] += product;
        }

        return [new(call[0].Type, dims, y)];
    }

    /// <summary>[rows, columns] as [columns, rows].</summary>
    public static double[] Transposed(ReadOnlySpan<double> from, int rows, int columns)
    {
        var to = new double[rows * columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) to[j * rows + i] = from[i * columns + j];
        return to;
    }

    // to[i, j] = a[i, :]·b[j, :]
    private static void Product(ReadOnlyMemory<double> a, double[] b, int inner, Memory<double> to)
    {
        var columns = inner == 0 ? 0 : b.Length / inner;
        Parallel.For(0, columns == 0 ? 0 : to.Length / columns, i =>
        {
            for (var j = 0; j < columns; j++)
                to.Span[i * columns + j] = TensorPrimitives.Dot(a.Span.Slice(i * inner, inner), b.AsSpan(j * inner, inner));
        });
    }

    // A letter that stands twice in a term walks its diagonal.
    private static int[] StridesOf(string term, long[] dims, string letters)
    {
        var own = Grid.Strides(dims);
        return [.. letters.Select(l => term.Select((t, i) => t == l ? own[i] : 0).Sum())];
    }
}
