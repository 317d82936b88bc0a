namespace OnnxAudit.Tests.Oracles;

/// <summary>Resize, one axis after the other: each output index has source indices and weights.</summary>
internal static class Resizing
{
    public static Float64Tensor[] Resize(OpCall call)
    {
        if (call.Int("antialias", 0) != 0) throw new NotSupportedException("no Resize with antialias");
        var x = call[0];
        var axes = call.Ints("axes")?.Select(a => Grid.Axis(a, x.Rank)).ToArray() ?? [.. Enumerable.Range(0, x.Rank)];
        var scales = Scales(call, x, axes, out var sizes);
        var crops = call.Text("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize";
        var beyond = new List<(int Axis, bool[] At)>();
        for (var i = 0; i < axes.Length; i++)
        {
            var size = (int)x.Dims[axes[i]];
            if (!crops && scales[i] == 1 && sizes[i] == size) continue;
            var line = new Line(size, (int)sizes[i], scales[i], crops ? call[1].Values[i] : 0, crops ? call[1].Values[i + axes.Length] : 1);
            if (crops) beyond.Add((axes[i], [.. Enumerable.Range(0, line.To).Select(o => Coordinate(call, o, line) is var at && (at < 0 || at > size - 1))]));
            x = Along(x, axes[i], [.. Enumerable.Range(0, line.To).Select(o => Taps(call, o, line))]);
        }

        foreach (var (axis, at) in beyond) x = Filled(x, axis, at, call.Float("extrapolation_value", 0));
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

    private static (int Source, double Weight)[] Taps(OpCall call, int o, Line line)
    {
        var at = Coordinate(call, o, line);
        return call.Text("mode", "nearest") switch
        {
            "nearest" => [(Inside(Nearest(call.Text("nearest_mode", "round_prefer_floor"), at), line.From), 1)],
            "linear" => Linear(at, line.From),
            "cubic" => Cubic(at, line.From, call.Float("cubic_coeff_a", -0.75f), call.Int("exclude_outside", 0) == 1),
            var mode => throw new NotSupportedException($"no Resize mode {mode}"),
        };
    }

    private static double Coordinate(OpCall call, int o, Line line) => call.Text("coordinate_transformation_mode", "half_pixel") switch
    {
        "half_pixel" => (o + 0.5) / line.Scale - 0.5,
        "half_pixel_symmetric" => line.From / 2.0 * (1 - line.To / (line.Scale * line.From)) + (o + 0.5) / line.Scale - 0.5,
        "pytorch_half_pixel" => line.To > 1 ? (o + 0.5) / line.Scale - 0.5 : 0,
        "align_corners" => line.To > 1 ? o * (line.From - 1.0) / (line.To - 1.0) : 0,
        "asymmetric" => o / line.Scale,
        "tf_half_pixel_for_nn" => (o + 0.5) / line.Scale,
        "tf_crop_and_resize" => line.To > 1
            ? line.Start * (line.From - 1) + o * (line.End - line.Start) * (line.From - 1) / (line.To - 1)
            : 0.5 * (line.Start + line.End) * (line.From - 1),
        var mode => throw new NotSupportedException($"no Resize with {mode} coordinates"),
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

    // Keys' cubic; neighbours outside repeat the edge, or are left out and the others weigh more.
    private static (int, double)[] Cubic(double at, int size, double a, bool exclude)
    {
        var low = Math.Floor(at);
        var t = at - low;
        double Near(double d) => (a + 2) * d * d * d - (a + 3) * d * d + 1;
        double Far(double d) => a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a;
        (double At, double Weight)[] taps = [(low - 1, Far(1 + t)), (low, Near(t)), (low + 1, Near(1 - t)), (low + 2, Far(2 - t))];
        if (exclude) taps = [.. taps.Where(p => p.At >= 0 && p.At < size)];
        var total = exclude ? taps.Sum(p => p.Weight) : 1;
        return [.. taps.Select(p => (Inside(p.At, size), p.Weight / total))];
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

    private static Float64Tensor Filled(Float64Tensor x, int axis, bool[] at, double fill)
    {
        var (_, size, after) = Grid.Around(x.Dims, axis);
        return x.With([.. x.Values.Select((v, i) => at[i / after % size] ? fill : v)]);
    }

    // One axis: lengths before and after, the scale, and the region of tf_crop_and_resize as shares of the length.
    private sealed record Line(int From, int To, double Scale, double Start, double End);
}
