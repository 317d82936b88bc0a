using OnnxAudit.Statistics;

namespace OnnxAudit.Runs;

/// <summary>The figures everybody asks first, over any subset of a cell's samples.</summary>
public static class TopLine
{
    /// <summary>Bins of the expected calibration error.</summary>
    public const int CalibrationBins = 15;

    /// <summary>
    /// Accuracy with its 95 % Wilson interval, mean negative log-likelihood (nats) and expected calibration error over <paramref name="samples"/>.
    /// correct: [N] 0 or 1; loss: [N] −log p of the true class; confidence: [N] largest class probability. NaN for an empty subset.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, double>> Of(byte[] correct, float[] loss, float[] confidence, ReadOnlySpan<int> samples)
    {
        long right = 0;
        double nll = 0;
        foreach (var i in samples)
        {
            right += correct[i];
            nll += loss[i];
        }

        var n = samples.Length;
        var (low, high) = n == 0 ? (double.NaN, double.NaN) : Wilson.Interval(right, n);
        return
        [
            new("accuracy", n == 0 ? double.NaN : (double)right / n),
            new("accuracy.low", low),
            new("accuracy.high", high),
            new("nll", n == 0 ? double.NaN : nll / n),
            new("ece", CalibrationError(correct, confidence, samples)),
        ];
    }

    /// <summary>
    /// Σ_b (n_b/n)·|accuracy_b − mean confidence_b| over 15 bins of equal width, bin b = (b/15, (b+1)/15], confidence 0 in the first.
    /// NaN for an empty subset. Source: Guo et al., arXiv:1706.04599, eq. 3.
    /// </summary>
    public static double CalibrationError(byte[] correct, float[] confidence, ReadOnlySpan<int> samples)
    {
        if (samples.IsEmpty) return double.NaN;
        Span<double> gap = stackalloc double[CalibrationBins];
        gap.Clear();
        foreach (var i in samples)
        {
            var bin = Math.Clamp((int)Math.Ceiling(confidence[i] * (double)CalibrationBins) - 1, 0, CalibrationBins - 1);
            gap[bin] += correct[i] - (double)confidence[i];
        }

        double sum = 0;
        foreach (var g in gap) sum += Math.Abs(g);
        return sum / samples.Length;
    }
}
