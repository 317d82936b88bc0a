namespace OnnxAudit.Compression.Quantisation;

/// <summary>Ranges that cut outliers off, from a histogram.</summary>
internal static class ClippedRange
{
    private const int Levels = 128;
    private const int MseSteps = 100;

    /// <summary>From the lower edge of the bin in which the (100 − percent)/2 per cent quantile lies to the upper edge of its counterpart's.</summary>
    public static (double Low, double High) Percentile(Histogram histogram, double percent)
    {
        var counts = histogram.Counts;
        double total = 0;
        foreach (var count in counts) total += count;
        var cut = total * (100 - percent) / 200;
        var (first, last) = (0, counts.Length - 1);
        for (double below = counts[0]; below <= cut && first < last; below += counts[first]) first++;
        for (double above = counts[last]; above <= cut && last > first; above += counts[last]) last--;
        return (histogram.Low + first * histogram.Width, last == counts.Length - 1 ? histogram.High : histogram.Low + (last + 1) * histogram.Width);
    }

    /// <summary>
    /// The magnitude T, the upper edge of one of bins 128…2048, for which the histogram clipped at T (what lies above counted in its last bin) loses least, by
    /// Kullback–Leibler divergence, when the part below T is merged to 128 levels and spread evenly again over the bins that held something. Ties go to the smaller T.
    /// Source: Migacz, 8-bit inference with TensorRT, 2017.
    /// </summary>
    public static double Entropy(Histogram magnitudes)
    {
        var counts = magnitudes.Counts;
        long total = 0;
        foreach (var count in counts) total += count;
        var (best, least, below) = (counts.Length, double.PositiveInfinity, 0L);
        for (var bin = 0; bin < counts.Length; bin++)
        {
            below += counts[bin];
            if (bin + 1 < Levels || below == 0) continue;
            var loss = Divergence(counts[..(bin + 1)], total - below);
            if (loss < least) (best, least) = (bin + 1, loss);
        }

        return best == counts.Length ? magnitudes.High : best * magnitudes.Width;
    }

    /// <summary>The range scaled by the one of 0.01, 0.02 … 1 whose code has the least squared error over the histogram's bin centres; ties go to the wider range.</summary>
    public static (double Low, double High) Mse(Histogram histogram, Func<double, double, AffineCode> code)
    {
        var (best, least) = (MseSteps, double.PositiveInfinity);
        for (var step = MseSteps; step > 0; step--)
        {
            var share = (double)step / MseSteps;
            var error = Error(histogram, code(histogram.Low * share, histogram.High * share));
            if (error < least) (best, least) = (step, error);
        }

        return (histogram.Low * best / MseSteps, histogram.High * best / MseSteps);
    }

    private static double Error(Histogram histogram, AffineCode code)
    {
        var error = 0.0;
        for (var bin = 0; bin < histogram.Counts.Length; bin++)
        {
            if (histogram.Counts[bin] == 0) continue;
            var centre = (float)(histogram.Low + (bin + 0.5) * histogram.Width);
            double difference = centre - code.Dequantise(code.Quantise(centre));
            error += histogram.Counts[bin] * difference * difference;
        }

        return error;
    }

    // P: the counts, the clipped ones added to the last. Q: the counts without them, merged and spread. A bin with P but no Q can only be the last: infinite.
    private static double Divergence(ReadOnlySpan<long> counts, long clipped)
    {
        double sumP = clipped, sumQ = 0;
        foreach (var count in counts) sumQ += count;
        sumP += sumQ;
        var divergence = 0.0;
        for (var level = 0; level < Levels; level++)
        {
            var (from, to) = (level * counts.Length / Levels, (level + 1) * counts.Length / Levels);
            var (merged, held) = (0L, 0);
            foreach (var count in counts[from..to])
            {
                merged += count;
                if (count > 0) held++;
            }

            for (var bin = from; bin < to; bin++)
            {
                var p = (counts[bin] + (bin == counts.Length - 1 ? clipped : 0)) / sumP;
                if (p == 0) continue;
                if (counts[bin] == 0) return double.PositiveInfinity;
                divergence += p * Math.Log(p / (merged / (held * sumQ)));
            }
        }

        return divergence;
    }
}
