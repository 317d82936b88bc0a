namespace OnnxAudit.Tests.Oracles;

/// <summary>Operators that cut up, repeat, pad or rearrange.</summary>
internal static class Arrangement
{
    /// <summary>By given sizes, or in equal parts of which the last may be smaller.</summary>
    public static Float64Tensor[] Split(OpCall call)
    {
        var x = call[0];
        var axis = call.Axis("axis", 0, x.Rank);
        var (before, size, after) = Grid.Around(x.Dims, axis);
        var parts = (int)call.Int("num_outputs", call.Outputs);
        var each = (size + parts - 1) / parts;
        var sizes = call.Longs(1, "split") ?? [.. Enumerable.Range(0, parts).Select(p => (long)Math.Min(each, size - p * each))];
        var made = new Float64Tensor[sizes.Length];
        var start = 0;
        for (var p = 0; p < made.Length; p++)
        {
            var dims = (long[])x.Dims.Clone();
            dims[axis] = sizes[p];
            made[p] = new(x.Type, dims, Grid.Pick(x.Values, Grid.Offsets([before, sizes[p], after], [size * after, after, 1], start * after)));
            start += (int)sizes[p];
        }

        return made;
    }

    public static Float64Tensor[] Tile(OpCall call)
    {
        var (x, repeats) = (call[0], call[1].Longs());
        return [Placed(x, [.. x.Dims.Select((d, a) => Enumerable.Range(0, (int)(d * repeats[a])).Select(i => i % (int)d).ToArray())], 0)];
    }

    /// <summary>Negative pads cut off. reflect mirrors without repeating the edge, edge repeats it, wrap starts over.</summary>
    public static Float64Tensor[] Pad(OpCall call)
    {
        var (x, pads, mode) = (call[0], call.Longs(1, "pads")!, call.Text("mode", "constant"));
        var axes = call.Optional(3)?.Longs().Select(a => Grid.Axis(a, x.Rank)).ToArray() ?? [.. Enumerable.Range(0, x.Rank)];
        var sources = x.Dims.Select(d => Enumerable.Range(0, (int)d).ToArray()).ToArray();
        for (var i = 0; i < axes.Length; i++)
        {
            var (size, before) = ((int)x.Dims[axes[i]], (int)pads[i]);
            var padded = size + before + (int)pads[i + axes.Length];
            sources[axes[i]] = [.. Enumerable.Range(0, padded).Select(o => Source(o - before, size, mode))];
        }

        return [Placed(x, sources, call.Optional(2)?.Values is [var fill] ? fill : call.Float("value", 0))];
    }

    /// <summary>Channels are [block, block, C] in DCR mode and [C, block, block] in CRD mode.</summary>
    public static Float64Tensor[] DepthToSpace(OpCall call)
    {
        var (x, b) = (call[0], call.Int("blocksize", 1));
        var (n, c, h, w) = (x.Dims[0], x.Dims[1] / (b * b), x.Dims[2], x.Dims[3]);
        var y = call.Text("mode", "DCR") == "DCR"
            ? Permuted(x.Shaped(n, b, b, c, h, w), 0, 3, 4, 1, 5, 2)
            : Permuted(x.Shaped(n, c, b, b, h, w), 0, 1, 4, 2, 5, 3);
        return [y.Shaped(n, c, h * b, w * b)];
    }

    public static Float64Tensor[] SpaceToDepth(OpCall call)
    {
        var (x, b) = (call[0], call.Int("blocksize", 1));
        var (n, c, h, w) = (x.Dims[0], x.Dims[1], x.Dims[2] / b, x.Dims[3] / b);
        return [Permuted(x.Shaped(n, c, h, b, w, b), 0, 3, 5, 1, 2, 4).Shaped(n, c * b * b, h, w)];
    }

    /// <summary>Keeps column − row ≥ k (upper) or ≤ k (lower).</summary>
    public static Float64Tensor[] Trilu(OpCall call)
    {
        var (x, k, upper) = (call[0], call.Optional(1)?.Values[0] ?? 0, call.Int("upper", 1) == 1);
        var (rows, columns) = ((int)x.Dims[^2], (int)x.Dims[^1]);
        return [x.With([.. x.Values.Select((v, i) => (i % columns - i / columns % rows) is var d && (upper ? d >= k : d <= k) ? v : 0)])];
    }

    public static Float64Tensor Permuted(Float64Tensor x, params int[] axes)
    {
        var strides = Grid.Strides(x.Dims);
        long[] dims = [.. axes.Select(a => x.Dims[a])];
        return new(x.Type, dims, Grid.Pick(x.Values, Grid.Offsets(dims, [.. axes.Select(a => strides[a])])));
    }

    private static int Source(int at, int size, string mode)
    {
        if (at >= 0 && at < size) return at;
        int Wrapped(int period) => (at % period + period) % period;
        return mode switch
        {
            "constant" => -1,
            "edge" => at < 0 ? 0 : size - 1,
            "wrap" => Wrapped(size),
            "reflect" => size == 1 ? 0 : size - 1 - Math.Abs(Wrapped(2 * size - 2) - (size - 1)),
            _ => throw new NotSupportedException($"no Pad mode {mode}"),
        };
    }

    private static Float64Tensor Placed(Float64Tensor x, int[][] sources, double fill)
    {
        var places = Grid.Places(sources, Grid.Strides(x.Dims));
        return new(x.Type, [.. sources.Select(s => (long)s.Length)], [.. places.Select(p => p < 0 ? fill : x.Values[p])]);
    }
}
