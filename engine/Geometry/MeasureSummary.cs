using OnnxAudit.Statistics;

namespace OnnxAudit.Geometry;

/// <summary>The distribution of one measure over a set of samples. Every figure of an empty set is NaN.</summary>
/// <param name="Mean">Σv/n.</param>
/// <param name="Sd">√(Σ(v − mean)²/(n − 1)), two passes; NaN when n &lt; 2.</param>
/// <param name="Min">The smallest value.</param>
/// <param name="Q05">The 5 % quantile, as <see cref="Quantiles"/> defines it.</param>
/// <param name="Q25">The 25 % quantile.</param>
/// <param name="Median">The 50 % quantile.</param>
/// <param name="Q75">The 75 % quantile.</param>
/// <param name="Q95">The 95 % quantile.</param>
/// <param name="Max">The largest value.</param>
public sealed record MeasureSummary(
    double Mean, double Sd, double Min, double Q05, double Q25, double Median, double Q75, double Q95, double Max)
{
    /// <summary>The summary of values in any order.</summary>
    public static MeasureSummary Of(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
            return new MeasureSummary(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);
        var sorted = values.ToArray();
        double sum = 0, squares = 0;
        foreach (var value in sorted) sum += value;
        var mean = sum / sorted.Length;
        foreach (var value in sorted) squares += (value - mean) * (value - mean);
        Array.Sort(sorted);
        return new MeasureSummary(
            mean, sorted.Length < 2 ? double.NaN : Math.Sqrt(squares / (sorted.Length - 1)), Quantiles.OfSorted(sorted, 0),
            Quantiles.OfSorted(sorted, 0.05), Quantiles.OfSorted(sorted, 0.25), Quantiles.OfSorted(sorted, 0.5),
            Quantiles.OfSorted(sorted, 0.75), Quantiles.OfSorted(sorted, 0.95), Quantiles.OfSorted(sorted, 1));
    }

    /// <summary>The figures as metrics: prefix.mean, .sd, .min, .q05, .q25, .median, .q75, .q95, .max.</summary>
    public IEnumerable<KeyValuePair<string, double>> Metrics(string prefix) =>
    [
        new($"{prefix}.mean", Mean), new($"{prefix}.sd", Sd), new($"{prefix}.min", Min),
        new($"{prefix}.q05", Q05), new($"{prefix}.q25", Q25), new($"{prefix}.median", Median),
        new($"{prefix}.q75", Q75), new($"{prefix}.q95", Q95), new($"{prefix}.max", Max),
    ];
}
