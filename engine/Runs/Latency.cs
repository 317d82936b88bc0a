using OnnxAudit.Runtime;

namespace OnnxAudit.Runs;

/// <summary>Quantiles of measured durations.</summary>
public static class Latency
{
    /// <summary>
    /// Times <paramref name="runs"/> single-sample passes after a warm-up of a fifth of them (at least 3) and returns
    /// latency.batch1.p50_ms, .p95_ms and throughput.batch1 (images/s). Empty when <paramref name="runs"/> is 0.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, double>> OfSingleSamples(Action pass, int runs, TimeProvider clock, CancellationToken cancellation) =>
        Quantiles("batch1", PassTimes.Of([pass], runs, clock, cancellation)[0], 1);

    /// <summary>latency.NAME.p50_ms, .p95_ms and throughput.NAME of passes over <paramref name="batch"/> images each; empty without any.</summary>
    public static IReadOnlyList<KeyValuePair<string, double>> Quantiles(string name, ReadOnlySpan<double> milliseconds, int batch)
    {
        if (milliseconds.IsEmpty) return [];
        var sorted = milliseconds.ToArray();
        Array.Sort(sorted);
        var median = Quantile(sorted, 0.5);
        return
        [
            new($"latency.{name}.p50_ms", median),
            new($"latency.{name}.p95_ms", Quantile(sorted, 0.95)),
            new($"throughput.{name}", 1000.0 * batch / median),
        ];
    }

    private static double Quantile(double[] sorted, double q)
    {
        var position = q * (sorted.Length - 1);
        var low = (int)position;
        return low + 1 < sorted.Length ? sorted[low] + (position - low) * (sorted[low + 1] - sorted[low]) : sorted[low];
    }
}
