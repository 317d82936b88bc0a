using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles;

/// <summary>Normalisations. Variances are those of the population.</summary>
internal static class Normalisation
{
    // Y = scale · (X − mean) / √(var + ε) + B, by channel; in training mode mean and var are the batch's own and the running ones are outputs.
    public static Float64Tensor[] Batch(OpCall call)
    {
        var (x, scale, bias, mean, variance) = (call[0], call[1], call[2], call[3], call[4]);
        var training = call.Int("training_mode", 0) == 1;
        var running = (Mean: mean, Variance: variance);
        if (training)
        {
            var momentum = call.Float("momentum", 0.9f);
            int[] axes = [.. Enumerable.Range(0, x.Rank).Where(a => a != 1)];
            (mean, variance) = (Reductions.Over(x, axes, keep: false, v => v.Average()), Reductions.Over(x, axes, keep: false, Variance));
            running = (Blend(running.Mean, mean, momentum), Blend(running.Variance, variance, momentum));
        }

        var (_, channels, pixels) = Grid.Around(x.Dims, 1);
        var epsilon = call.Float("epsilon", 1e-5f);
        var y = new double[x.Values.Length];
        for (var i = 0; i < y.Length; i++)
        {
            var c = i / pixels % channels;
            y[i] = scale.Values[c] * (x.Values[i] - mean.Values[c]) / Math.Sqrt(variance.Values[c] + epsilon) + bias.Values[c];
        }

        return training ? [x.With(y), running.Mean, running.Variance] : [x.With(y)];
    }

    public static Float64Tensor[] Instance(OpCall call)
    {
        var x = call[0];
        var (epsilon, pixels) = (call.Float("epsilon", 1e-5f), Grid.Count(x.Dims.AsSpan(2)));
        var y = Rows(x, pixels, row => Standardised(row, epsilon));
        return [x.With([.. y.Select((v, i) => v * call[1].Values[i / pixels % (int)x.Dims[1]] + call[2].Values[i / pixels % (int)x.Dims[1]])])];
    }

    /// <summary>Over the axes from axis on; outputs Y, the means and 1/√(var + ε), these with size 1 in the axes normalised and, of half precision, in the type that stash_type names.</summary>
    public static Float64Tensor[] Layer(OpCall call)
    {
        var x = call[0];
        var axis = call.Axis("axis", -1, x.Rank);
        var (epsilon, size) = (call.Float("epsilon", 1e-5f), Grid.Count(x.Dims.AsSpan(axis)));
        var scale = Elementwise.Spread(call[1], x.Dims[axis..]);
        var bias = call.Optional(2) is { } b ? Elementwise.Spread(b, x.Dims[axis..]) : new double[size];
        var y = Rows(x, size, row => [.. Standardised(row, epsilon).Select((v, i) => v * scale[i] + bias[i])]);
        int[] axes = [.. Enumerable.Range(axis, x.Rank - axis)];
        var stash = x.Type is ElementType.Float16 or ElementType.BFloat16 ? (ElementType)call.Int("stash_type", (long)ElementType.Float) : x.Type;
        return
        [
            x.With(y),
            Reductions.Over(x, axes, keep: true, v => v.Average()).As(stash),
            Reductions.Over(x, axes, keep: true, v => 1 / Math.Sqrt(Variance(v) + epsilon)).As(stash),
        ];
    }

    /// <summary>Scale and bias belong to groups at opset 18 and to channels from opset 21 on; their length tells.</summary>
    public static Float64Tensor[] Group(OpCall call)
    {
        var (x, scale, bias) = (call[0], call[1], call[2]);
        var groups = (int)call.Int("num_groups", 0);
        var (epsilon, channels, pixels) = (call.Float("epsilon", 1e-5f), (int)x.Dims[1], Grid.Count(x.Dims.AsSpan(2)));
        var perScale = channels / scale.Values.Length;
        var y = Rows(x, channels / groups * pixels, row => Standardised(row, epsilon));
        return [x.With([.. y.Select((v, i) => v * scale.Values[i / pixels % channels / perScale] + bias.Values[i / pixels % channels / perScale])])];
    }

    // Y = X / (bias + α/size · Σ X²)^β over the channels from c − ⌊(size−1)/2⌋ to c + ⌈(size−1)/2⌉.
    public static Float64Tensor[] LocalResponse(OpCall call)
    {
        var (x, size) = (call[0], (int)call.Int("size", 1));
        var (alpha, beta, bias) = (call.Float("alpha", 0.0001f), call.Float("beta", 0.75f), call.Float("bias", 1));
        var (batch, channels, pixels) = Grid.Around(x.Dims, 1);
        var y = new double[x.Values.Length];
        for (var n = 0; n < batch; n++)
            for (var c = 0; c < channels; c++)
                for (var p = 0; p < pixels; p++)
                {
                    var squares = 0.0;
                    for (var i = Math.Max(0, c - (size - 1) / 2); i <= Math.Min(channels - 1, c + size / 2); i++)
                        squares += Math.Pow(x.Values[(n * channels + i) * pixels + p], 2);
                    var at = (n * channels + c) * pixels + p;
                    y[at] = x.Values[at] / Math.Pow(bias + alpha / size * squares, beta);
                }

        return [x.With(y)];
    }

    public static Float64Tensor[] Lp(OpCall call)
    {
        var p = call.Int("p", 2);
        return [Activations.AlongAxis(call[0], call.Axis("axis", -1, call[0].Rank), row =>
        {
            var norm = p == 1 ? row.Sum(Math.Abs) : Math.Sqrt(row.Sum(v => v * v));
            return [.. row.Select(v => norm == 0 ? 0 : v / norm)];
        })];
    }

    private static double Variance(double[] values)
    {
        var mean = values.Average();
        return values.Average(v => (v - mean) * (v - mean));
    }

    private static double[] Standardised(double[] row, double epsilon)
    {
        var (mean, deviation) = (row.Average(), Math.Sqrt(Variance(row) + epsilon));
        return [.. row.Select(v => (v - mean) / deviation)];
    }

    private static double[] Rows(Float64Tensor x, int size, Func<double[], double[]> f)
    {
        var y = new double[x.Values.Length];
        for (var i = 0; i < y.Length / size; i++) f(x.Values[(i * size)..((i + 1) * size)]).CopyTo(y, i * size);
        return y;
    }

    private static Float64Tensor Blend(Float64Tensor old, Float64Tensor now, double momentum) =>
        Elementwise.Map(old.Type, old, now, (o, n) => o * momentum + n * (1 - momentum));
}
