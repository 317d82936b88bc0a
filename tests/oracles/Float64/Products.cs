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
        Parallel.For(0, atA.Length * rows, job =>
        {
            var (n, row) = (job / rows, job % rows);
            var to = y.AsSpan(job * columns, columns);
            for (var k = 0; k < inner; k++)
            {
                var factor = a.Values[(atA[n] * rows + row) * inner + k];
                var from = b.Values.AsSpan((atB[n] * inner + k) * columns, columns);
                for (var c = 0; c < columns; c++) to[c] += factor * from[c];
            }
        });
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
        Parallel.For(0, rows, i =>
        {
            for (var j = 0; j < columns; j++)
            {
                var sum = 0.0;
                for (var k = 0; k < inner; k++)
                    sum += a.Values[transA ? k * rows + i : i * inner + k] * b.Values[transB ? j * inner + k : k * columns + j];
                y[i * columns + j] = alpha * sum + beta * c[i * columns + j];
            }
        });
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

    // A letter that stands twice in a term walks its diagonal.
    private static int[] StridesOf(string term, long[] dims, string letters)
    {
        var own = Grid.Strides(dims);
        return [.. letters.Select(l => term.Select((t, i) => t == l ? own[i] : 0).Sum())];
    }
}
