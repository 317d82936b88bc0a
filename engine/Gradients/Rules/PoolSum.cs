using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>The mirror of a sum over windows: every input takes from each window that holds it.</summary>
internal static class PoolSum
{
    /// <summary>dX[i] = weight · Σ dY[o] over the windows o that hold i; shaped like <paramref name="x"/> [N,C,space].</summary>
    internal static Value Spread(Emitter emit, Value dy, Value x, Window window, double weight)
    {
        if (IsTiling(emit, dy, x, window)) return Repeated(emit, Weighted(emit, dy, weight), x, window);
        if (IsOwnMirror(window)) return Pooled(emit, dy, window, weight);
        // One channel a picture, whatever the batch.
        var pictures = emit.ReshapeTo(dy, [SizeTerm.Rest, 1, .. emit.From(dy, 2)]);
        long[] kernel = [1, 1, .. Kernel(window)];
        var weights = emit.Constant([.. Enumerable.Repeat(weight, (int)Tensor.CountOf(kernel))], dy, kernel);
        var (settled, unread) = Settled(emit, dy, x, window);
        return emit.ReshapeLike(Convolution.Transposed(emit, pictures, weights, x, settled, unread, 1), x);
    }

    // Positions at the end that no window reads are unread; windows beyond the end (ceil_mode) lengthen the end pads.
    private static (Window Window, long?[] Unread) Settled(Emitter emit, Value dy, Value x, Window window)
    {
        var (after, unread) = (window.After.ToArray(), window.Unread(emit, x));
        for (var i = 0; i < window.Rank; i++)
        {
            if (!window.Ceil && emit.ShapeOf(x)[2 + i].Size is null) continue;
            var (size, outputs) = (emit.SizeOf(x, 2 + i), emit.SizeOf(dy, 2 + i));
            var left = (outputs - 1) * window.Strides[i] + window.Span(i)!.Value - size - window.Before[i];
            (after[i], unread[i]) = (Math.Max(0, left), Math.Max(0, -left));
        }

        return (window with { After = after }, unread);
    }

    /// <summary>dY over the number of elements each window averages, for free sizes: the share of a window that holds ones says how many.</summary>
    internal static Value Shared(Emitter emit, Value dy, Value x, Window window)
    {
        var ones = emit.Add("Expand", [emit.Scalar(1, dy), emit.SizesOf([1, 1, .. emit.From(x, 2)])]);
        NodeAttribute[] walk = [NodeAttribute.Of("kernel_shape", Kernel(window)), .. window.Attributes()[..^1], NodeAttribute.Of("count_include_pad", 1L)];
        return emit.Div(dy, emit.Mul(emit.Add("AveragePool", [ones], [.. walk.Where(a => a.Name != "dilations")]), window.Area));
    }

    /// <summary>How many elements each window averages, in the order of the outputs' space.</summary>
    internal static double[] Counts(Emitter emit, Value x, Value dy, Window window, bool padded)
    {
        double[] counts = [1];
        for (var i = 0; i < window.Rank; i++)
        {
            var (size, outputs) = (emit.SizeOf(x, 2 + i), (int)emit.SizeOf(dy, 2 + i));
            var (low, high) = padded ? (-window.Before[i], size + window.After[i]) : (0, size);
            var line = new double[outputs];
            for (var o = 0; o < outputs; o++)
                for (long k = 0; k < window.Kernel[i]; k++)
                    if (o * window.Strides[i] - window.Before[i] + k * window.Dilations[i] is var at && at >= low && at < high) line[o]++;
            counts = [.. counts.SelectMany(_ => line, (c, l) => c * l)];
        }

        return counts;
    }

    private static Value Weighted(Emitter emit, Value dy, double weight) => weight == 1 ? dy : emit.Mul(dy, weight);

    // Windows side by side from the first element on; a rest at the end is read by none.
    private static bool IsTiling(Emitter emit, Value dy, Value x, Window window)
    {
        for (var i = 0; i < window.Rank; i++)
        {
            if (window.Kernel[i] != window.Strides[i] || window.Dilations[i] != 1 && window.Kernel[i] != 1 || window.Before[i] != 0) return false;
            if (emit.ShapeOf(x)[2 + i].Size is not { } size || emit.ShapeOf(dy)[2 + i].Size is not { } outputs || outputs * window.Strides[i] > size) return false;
        }

        return true;
    }

    private static Value Repeated(Emitter emit, Value dy, Value x, Window window)
    {
        var axes = Enumerable.Range(0, window.Rank).ToArray();
        long[] outputs = [.. axes.Select(i => emit.SizeOf(dy, 2 + i))];
        var apart = emit.Reshape(dy, [-1, .. axes.SelectMany(i => new[] { outputs[i], 1 })]);
        var repeated = emit.Add("Expand", [apart, emit.Ints([1, .. axes.SelectMany(i => new[] { outputs[i], window.Kernel[i]!.Value })])]);
        var data = emit.ReshapeTo(repeated, [SizeTerm.Along(x, 0), SizeTerm.Along(x, 1), .. axes.Select(i => (SizeTerm)(outputs[i] * window.Kernel[i]!.Value))]);
        long[] rest = [.. axes.Select(i => emit.SizeOf(x, 2 + i) - outputs[i] * window.Kernel[i]!.Value)];
        return rest.All(r => r == 0) ? data : emit.Add("Pad", [data, emit.Ints([.. new long[window.Rank + 4], .. rest]), emit.Scalar(0, data)]);
    }

    // At stride 1 the mirrored sum is a sum over windows of the same form, so the fast pool does it.
    private static bool IsOwnMirror(Window window) =>
        Enumerable.Range(0, window.Rank).All(i => window.Strides[i] == 1 && Math.Max(window.Before[i], window.After[i]) < window.Kernel[i] && window.Dilations[i] == 1);

    private static Value Pooled(Emitter emit, Value dy, Window window, double weight)
    {
        var kernel = Kernel(window);
        long[] Mirrored(long[] pads) => [.. pads.Select((p, i) => kernel[i] - 1 - p)];
        var data = emit.Add("AveragePool", [dy], NodeAttribute.Of("kernel_shape", kernel), NodeAttribute.Of("strides", window.Strides),
            NodeAttribute.Of("pads", [.. Mirrored(window.Before), .. Mirrored(window.After)]), NodeAttribute.Of("count_include_pad", 1L));
        return Math.Abs(weight * window.Area - 1) < 1e-12 ? data : Weighted(emit, data, weight * window.Area);
    }

    private static long[] Kernel(Window window) => [.. window.Kernel.Select(k => k!.Value)];
}
