using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles;

/// <summary>Pools over any number of spatial axes.</summary>
internal static class Pooling
{
    /// <summary>
    /// The largest and, as second output, where it lies in the whole tensor; the first in scan order among equal ones. With storage_order 1 the place within a
    /// channel is counted with the first axis running fastest.
    /// </summary>
    public static Float64Tensor[] Max(OpCall call)
    {
        var x = call[0];
        var window = Window.Of(call, x.Dims[2..], call.Ints("kernel_shape")!);
        var (pixels, positions) = (Grid.Count(window.Input), window.Positions);
        var channels = (int)(x.Dims[0] * x.Dims[1]);
        var (y, indices) = (new double[channels * positions], new double[channels * positions]);
        Array.Fill(y, double.NegativeInfinity);
        for (var c = 0; c < channels; c++)
            for (var o = 0; o < positions; o++)
                foreach (var sources in window.Sources)
                {
                    if (sources[o] < 0) continue;
                    var (value, to) = (x.Values[c * pixels + sources[o]], c * positions + o);
                    if (value > y[to] || double.IsNaN(value)) (y[to], indices[to]) = (value, c * pixels + sources[o]);
                }

        if (call.Int("storage_order", 0) == 1) indices = [.. indices.Select(i => i - i % pixels + Turned((long)i % pixels, window.Input))];
        long[] dims = [x.Dims[0], x.Dims[1], .. window.Output];
        return [new(x.Type, dims, y), new(ElementType.Int64, dims, indices)];
    }

    /// <summary>The mean over taps in the input; with count_include_pad over those in the padding too, as zeros, but never over those beyond it.</summary>
    public static Float64Tensor[] Average(OpCall call)
    {
        var least = call.Int("count_include_pad", 0) == 1 ? Window.Outside : 0;
        return Sum(call, x => x, (sum, window, o) => sum / window.Sources.Count(s => s[o] >= least));
    }

    public static Float64Tensor[] Lp(OpCall call)
    {
        var p = call.Int("p", 2);
        return Sum(call, x => Math.Pow(Math.Abs(x), p), (sum, _, _) => Math.Pow(sum, 1.0 / p));
    }

    public static Float64Tensor[] Global(OpCall call, Func<double[], double> f) =>
        [Reductions.Over(call[0], [.. Enumerable.Range(2, call[0].Rank - 2)], keep: true, f)];

    private static long Turned(long offset, long[] dims)
    {
        var index = new long[dims.Length];
        Window.Unravel(offset, dims, index);
        long turned = 0;
        for (var i = dims.Length - 1; i >= 0; i--) turned = turned * dims[i] + index[i];
        return turned;
    }

    private static Float64Tensor[] Sum(OpCall call, Func<double, double> term, Func<double, Window, int, double> finish)
    {
        var x = call[0];
        var window = Window.Of(call, x.Dims[2..], call.Ints("kernel_shape")!);
        var (pixels, positions) = (Grid.Count(window.Input), window.Positions);
        var y = new double[x.Dims[0] * x.Dims[1] * positions];
        for (var c = 0; c < x.Dims[0] * x.Dims[1]; c++)
            for (var o = 0; o < positions; o++)
            {
                var sum = 0.0;
                foreach (var sources in window.Sources)
                    if (sources[o] >= 0) sum += term(x.Values[c * pixels + sources[o]]);
                y[c * positions + o] = finish(sum, window, o);
            }

        return [new(x.Type, [x.Dims[0], x.Dims[1], .. window.Output], y)];
    }
}
