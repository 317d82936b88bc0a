namespace OnnxAudit.Tests.Oracles;

/// <summary>Operators that move values or change shapes without arithmetic.</summary>
internal static class Movement
{
    public static Float64Tensor[] Shape(OpCall call)
    {
        var rank = call[0].Rank;
        int Bound(long at) => (int)Math.Clamp(at < 0 ? at + rank : at, 0, rank);
        var (start, end) = (Bound(call.Int("start", 0)), Bound(call.Int("end", rank)));
        return [Float64Tensor.Ints(end > start ? call[0].Dims[start..end] : [])];
    }

    public static Float64Tensor[] Reshape(OpCall call)
    {
        var (x, shape) = (call[0], call[1].Longs());
        if (call.Int("allowzero", 0) == 0)
            for (var i = 0; i < shape.Length; i++)
                if (shape[i] == 0) shape[i] = x.Dims[i];
        var rest = Array.IndexOf(shape, -1);
        if (rest >= 0)
        {
            shape[rest] = 1;
            shape[rest] = x.Values.Length / Grid.Count(shape);
        }

        return [x.Shaped(shape)];
    }

    public static Float64Tensor[] Flatten(OpCall call)
    {
        var x = call[0];
        var axis = call.Axis("axis", 1, x.Rank);
        return [x.Shaped(Grid.Count(x.Dims.AsSpan(0, axis)), Grid.Count(x.Dims.AsSpan(axis)))];
    }

    public static Float64Tensor[] Transpose(OpCall call)
    {
        var x = call[0];
        var permutation = call.Ints("perm") ?? [.. Enumerable.Range(0, x.Rank).Reverse().Select(a => (long)a)];
        var strides = Grid.Strides(x.Dims);
        long[] dims = [.. permutation.Select(a => x.Dims[a])];
        return [new(x.Type, dims, Grid.Pick(x.Values, Grid.Offsets(dims, [.. permutation.Select(a => strides[a])])))];
    }

    public static Float64Tensor[] Expand(OpCall call)
    {
        var dims = Grid.Broadcast(call[0].Dims, call[1].Longs());
        return [new(call[0].Type, dims, Elementwise.Spread(call[0], dims))];
    }

    public static Float64Tensor[] Squeeze(OpCall call)
    {
        var x = call[0];
        var axes = call.Longs(1)?.Select(a => Grid.Axis(a, x.Rank)).ToArray();
        if (axes is not null && axes.Any(a => x.Dims[a] != 1)) throw new ArgumentException($"axes [{string.Join(',', axes)}] are not all 1");
        return [x.Shaped([.. x.Dims.Where((d, a) => axes is null ? d != 1 : !axes.Contains(a))])];
    }

    public static Float64Tensor[] Unsqueeze(OpCall call)
    {
        var x = call[0];
        var given = call.Longs(1)!;
        var axes = given.Select(a => Grid.Axis(a, x.Rank + given.Length)).ToArray();
        var rest = new Queue<long>(x.Dims);
        return [x.Shaped([.. Enumerable.Range(0, x.Rank + axes.Length).Select(a => axes.Contains(a) ? 1 : rest.Dequeue())])];
    }

    public static Float64Tensor[] Concat(OpCall call)
    {
        var parts = call.All.ToArray();
        var axis = call.Axis("axis", 0, parts[0].Rank);
        var before = Grid.Count(parts[0].Dims.AsSpan(0, axis));
        var y = new List<double>();
        for (var i = 0; i < before; i++)
            foreach (var part in parts)
            {
                var row = part.Values.Length / before;
                y.AddRange(part.Values.AsSpan(i * row, row));
            }

        var dims = (long[])parts[0].Dims.Clone();
        dims[axis] = parts.Sum(p => p.Dims[axis]);
        return [new(parts[0].Type, dims, [.. y])];
    }

    public static Float64Tensor[] Slice(OpCall call)
    {
        var (x, starts, ends) = (call[0], call[1].Longs(), call[2].Longs());
        var axes = call.Optional(3)?.Longs() ?? [.. Enumerable.Range(0, starts.Length).Select(a => (long)a)];
        var steps = call.Optional(4)?.Longs() ?? Window.Ones(starts.Length);
        var (dims, strides, first) = ((long[])x.Dims.Clone(), Grid.Strides(x.Dims), 0);
        for (var i = 0; i < starts.Length; i++)
        {
            var axis = Grid.Axis(axes[i], x.Rank);
            var (size, step) = (x.Dims[axis], steps[i]);
            long From(long at) => at < 0 ? at + size : at;
            var start = Math.Clamp(From(starts[i]), 0, step > 0 ? size : size - 1);
            var end = Math.Clamp(From(ends[i]), step > 0 ? 0 : -1, size);
            dims[axis] = Math.Max(0, (long)Math.Ceiling((end - start) / (double)step));
            first += (int)start * strides[axis];
            strides[axis] *= (int)step;
        }

        return [new(x.Type, dims, Grid.Pick(x.Values, Grid.Offsets(dims, strides, first)))];
    }
}
