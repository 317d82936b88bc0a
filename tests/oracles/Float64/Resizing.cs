namespace OnnxAudit.Tests.Oracles;

/// <summary>Resize, one axis after the other: each output index has source indices and weights.</summary>
internal static class Resizing
{
    public static Float64Tensor[] Resize(OpCall call)
    {
        if (call.Int("antialias", 0) != 0 || call.Int("exclude_outside", 0) != 0) throw new NotSupportedException("no Resize with antialias or exclude_outside");
        var x = call[0];
        var axes = call.Ints("axes")?.Select(a => Grid.Axis(a, x.Rank)).ToArray() ?? [.. Enumerable.Range(0, x.Rank)];
        var scales = Scales(call, x, axes, out var sizes);
        for (var i = 0; i < axes.Length; i++)
            if (scales[i] != 1 || sizes[i] != x.Dims[axes[i]]) x = Along(x, axes[i], Taps(call, (int)x.Dims[axes[i]], (int)sizes[i], scales[i]));
        return [x];
    }

    private static double[] Scales(OpCall call, Float64Tensor x, int[] axes, out long[] sizes)
    {
        if (call.Optional(2) is { Values.Length: > 0 } given)
        {
            sizes = [.. axes.Select((a, i) => (long)Math.Floor(x.Dims[a] * given.Values[i]))];
            return given.Values;
        }

        sizes = call[3].Longs();
        var wanted = sizes;
        double[] scales = [.. axes.Select((a, i) => (double)wanted[i] / x.Dims[a])];
        var policy = call.Text("keep_aspect_ratio_policy", "stretch");
        if (policy == "stretch") return scales;
        var one = policy == "not_larger" ? scales.Min() : scales.Max();
        sizes = [.. axes.Select(a => (long)Math.Round(one * x.Dims[a], MidpointRounding.AwayFromZero))];
        return [.. axes.Select(_ => one)];
    }

    private static (int Source, double Weight)[][] Taps(OpCall call, int from, int to, double scale)
    {
        var taps = new (int, double)[to][];
        for (var o = 0; o < to; o++)
        {
            var at = Coordinate(call.Text("coordinate_transformation_mode", "half_pixel"), o, from, to, scale);
            taps[o] = call.Text("mode", "nearest") switch
            {
                "nearest" => [(Inside(Nearest(call.Text("nearest_mode", "round_prefer_floor"), at), from), 1)],
                "linear" => Linear(at, from),
                "cubic" => Cubic(at, from, call.Float("cubic_coeff_a", -0.75f)),
                var mode => throw new NotSupportedException($"no Resize mode {mode}"),
            };
        }

        return taps;
    }

    private static double Coordinate(string mode, int o, int from, int to, double scale) => mode switch
    {
        "half_pixel" => (o + 0.5) / scale - 0.5,
        "half_pixel_symmetric" => from / 2.0 * (1 - to / (scale * from)) + (o + 0.5) / scale - 0.5,
        "pytorch_half_pixel" => to > 1 ? (o + 0.5) / scale - 0.5 : 0,
        "align_corners" => to > 1 ? o * (from - 1.0) / (to - 1.0) : 0,
        "asymmetric" => o / scale,
        _ => throw new NotSupportedException($"no Resize with {mode} coordinates"),
    };

    private static double Nearest(string mode, double at) => mode switch
    {
        "round_prefer_floor" => Math.Ceiling(at - 0.5),
        "round_prefer_ceil" => Math.Floor(at + 0.5),
        "floor" => Math.Floor(at),
        "ceil" => Math.Ceiling(at),
        _ => throw new NotSupportedException($"no nearest_mode {mode}"),
    };

    private static (int, double)[] Linear(double at, int size)
    {
        at = Math.Clamp(at, 0, size - 1);
        var (low, part) = ((int)at, at - (int)at);
        return [(low, 1 - part), (Inside(low + 1, size), part)];
    }

    // Keys' cubic; neighbours outside repeat the edge.
    private static (int, double)[] Cubic(double at, int size, double a)
    {
        var low = Math.Floor(at);
        var t = at - low;
        double Near(double d) => (a + 2) * d * d * d - (a + 3) * d * d + 1;
        double Far(double d) => a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a;
        return [(Inside(low - 1, size), Far(1 + t)), (Inside(low, size), Near(t)), (Inside(low + 1, size), Near(1 - t)), (Inside(low + 2, size), Far(2 - t))];
    }

    private static int Inside(double at, int size) => (int)Math.Clamp(at, 0, size - 1);

    private static Float64Tensor Along(Float64Tensor x, int axis, (int Source, double Weight)[][] taps)
    {
        var (before, size, after) = Grid.Around(x.Dims, axis);
        var y = new double[before * taps.Length * after];
        for (var i = 0; i < before; i++)
            for (var o = 0; o < taps.Length; o++)
                foreach (var (source, weight) in taps[o])
                    for (var j = 0; j < after; j++) y[(i * taps.Length + o) * after + j] += weight * x.Values[(i * size + source) * after + j];
        var dims = (long[])x.Dims.Clone();
        dims[axis] = taps.Length;
        return new(x.Type, dims, y);
    }
}
