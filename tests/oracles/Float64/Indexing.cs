using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles;

/// <summary>Operators that read or write where other tensors say, and orders along an axis. Negative indices count from the end.</summary>
internal static class Indexing
{
    // Y[before…, index…, after…] = X[before…, I[index…], after…]
    public static Float64Tensor[] Gather(OpCall call)
    {
        var (x, indices) = (call[0], call[1]);
        var axis = call.Axis("axis", 0, x.Rank);
        var (before, size, after) = Grid.Around(x.Dims, axis);
        var y = new List<double>();
        for (var i = 0; i < before; i++)
            foreach (var index in indices.Values)
                y.AddRange(x.Values.AsSpan((i * size + At(index, size)) * after, after));
        return [new(x.Type, [.. x.Dims[..axis], .. indices.Dims, .. x.Dims[(axis + 1)..]], [.. y])];
    }

    public static Float64Tensor[] GatherElements(OpCall call)
    {
        var (x, indices) = (call[0], call[1]);
        return [new(x.Type, indices.Dims, Grid.Pick(x.Values, Elements(x, indices, call.Axis("axis", 0, x.Rank))))];
    }

    public static Float64Tensor[] ScatterElements(OpCall call)
    {
        var (x, indices, updates) = (call[0], call[1], call[2]);
        var places = Elements(x, indices, call.Axis("axis", 0, x.Rank));
        var y = (double[])x.Values.Clone();
        var reduce = Reduction(call);
        for (var i = 0; i < places.Length; i++) y[places[i]] = reduce(y[places[i]], updates.Values[i]);
        return [x.With(y)];
    }

    public static Float64Tensor[] GatherND(OpCall call)
    {
        var (x, indices, batch) = (call[0], call[1], (int)call.Int("batch_dims", 0));
        var depth = (int)indices.Dims[^1];
        var (places, block) = Blocks(x, indices, batch);
        var y = new double[places.Length * block];
        for (var i = 0; i < places.Length; i++) x.Values.AsSpan(places[i], block).CopyTo(y.AsSpan(i * block));
        return [new(x.Type, [.. indices.Dims[..^1], .. x.Dims[(batch + depth)..]], y)];
    }

    public static Float64Tensor[] ScatterND(OpCall call)
    {
        var (x, indices, updates) = (call[0], call[1], call[2]);
        var (places, block) = Blocks(x, indices, 0);
        var y = (double[])x.Values.Clone();
        var reduce = Reduction(call);
        for (var i = 0; i < places.Length; i++)
            for (var j = 0; j < block; j++) y[places[i] + j] = reduce(y[places[i] + j], updates.Values[i * block + j]);
        return [x.With(y)];
    }

    public static Float64Tensor[] CumSum(OpCall call)
    {
        var (exclusive, reverse) = (call.Int("exclusive", 0) == 1, call.Int("reverse", 0) == 1);
        return [Activations.AlongAxis(call[0], Grid.Axis((long)call[1].Values[0], call[0].Rank), row =>
        {
            if (reverse) Array.Reverse(row);
            var (sums, sum) = (new double[row.Length], 0.0);
            for (var i = 0; i < row.Length; i++)
            {
                sums[i] = exclusive ? sum : sum + row[i];
                sum += row[i];
            }

            if (reverse) Array.Reverse(sums);
            return sums;
        })];
    }

    /// <summary>The k largest (or smallest) along an axis in order, and where they lie; the lower index first among equal ones.</summary>
    public static Float64Tensor[] TopK(OpCall call)
    {
        var (x, k, largest) = (call[0], (int)call[1].Values[0], call.Int("largest", 1) == 1);
        var axis = call.Axis("axis", -1, x.Rank);
        var order = Activations.AlongAxis(x, axis, row => [.. Enumerable.Range(0, row.Length).OrderBy(i => largest ? -row[i] : row[i]).Select(i => (double)i)]);
        var (before, size, after) = Grid.Around(x.Dims, axis);
        var dims = (long[])x.Dims.Clone();
        dims[axis] = k;
        var indices = new Float64Tensor(ElementType.Int64, dims, Grid.Pick(order.Values, Grid.Offsets([before, k, after], [size * after, after, 1])));
        return [new(x.Type, dims, Grid.Pick(x.Values, Elements(x, indices, axis))), indices];
    }

    public static Float64Tensor[] NonZero(OpCall call)
    {
        var x = call[0];
        var found = Enumerable.Range(0, x.Values.Length).Where(i => x.Values[i] != 0).ToArray();
        var y = new double[x.Rank * found.Length];
        var index = new long[x.Rank];
        for (var i = 0; i < found.Length; i++)
        {
            Window.Unravel(found[i], x.Dims, index);
            for (var a = 0; a < x.Rank; a++) y[a * found.Length + i] = index[a];
        }

        return [new(ElementType.Int64, [x.Rank, found.Length], y)];
    }

    // For every element of the indices: the place in x with the same index but along the axis, where it is the index read.
    private static int[] Elements(Float64Tensor x, Float64Tensor indices, int axis)
    {
        var strides = Grid.Strides(x.Dims);
        var places = Grid.Offsets(indices.Dims, [.. strides.Select((s, a) => a == axis ? 0 : s)]);
        for (var i = 0; i < places.Length; i++) places[i] += At(indices.Values[i], (int)x.Dims[axis]) * strides[axis];
        return places;
    }

    // Where the block that each index tuple names starts in x, and how long blocks are.
    private static (int[] Places, int Block) Blocks(Float64Tensor x, Float64Tensor indices, int batch)
    {
        var (depth, strides) = ((int)indices.Dims[^1], Grid.Strides(x.Dims));
        var (tuples, batches) = (Grid.Count(indices.Dims.AsSpan(0, indices.Rank - 1)), Grid.Count(x.Dims.AsSpan(0, batch)));
        var places = new int[tuples];
        for (var t = 0; t < tuples; t++)
        {
            places[t] = t / (tuples / batches) * (x.Values.Length / batches);
            for (var d = 0; d < depth; d++) places[t] += At(indices.Values[t * depth + d], (int)x.Dims[batch + d]) * strides[batch + d];
        }

        return (places, Grid.Count(x.Dims.AsSpan(batch + depth)));
    }

    private static Func<double, double, double> Reduction(OpCall call) => call.Text("reduction", "none") switch
    {
        "none" => (_, update) => update,
        "add" => (old, update) => old + update,
        "mul" => (old, update) => old * update,
        "max" => Math.Max,
        "min" => Math.Min,
        var other => throw new NotSupportedException($"no reduction {other}"),
    };

    private static int At(double index, int size)
    {
        var at = (int)(index < 0 ? index + size : index);
        return at >= 0 && at < size ? at : throw new ArgumentException($"index {index} of {size}");
    }
}
