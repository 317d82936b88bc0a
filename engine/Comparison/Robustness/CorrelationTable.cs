using OnnxAudit.Statistics;

namespace OnnxAudit.Comparison.Robustness;

/// <summary>A column of numbers under a name.</summary>
/// <param name="Name">Its name, e.g. "robustness" or "angle".</param>
/// <param name="Values">A number a sample.</param>
public sealed record NamedColumn(string Name, double[] Values);

/// <summary>One correlation of the table.</summary>
/// <param name="Target">What is explained, e.g. "robustness".</param>
/// <param name="Measure">What explains, e.g. "angle".</param>
/// <param name="Samples">Samples it is over.</param>
/// <param name="Excluded">Samples left out because their geometry stands by convention.</param>
/// <param name="Constant">True when target or measure does not vary: there is no correlation then, and every figure is NaN.</param>
/// <param name="Estimate">Pearson and Spearman with their intervals.</param>
public sealed record CorrelationRow(string Target, string Measure, int Samples, int Excluded, bool Constant, CorrelationEstimate Estimate);

/// <summary>
/// Robustness or pruning vulnerability against angle, length and margin of the clean dense cell: the paper's tables 2 to 9 for any model.
/// Source: arXiv:2206.07918, §5.
/// </summary>
public static class CorrelationTable
{
    /// <summary>A row a pair, by target, then measure. Columns: [n]; excluded: [n], true leaves the sample out.</summary>
    /// <exception cref="ArgumentException">Lengths differ, or a value that is not left out is not finite.</exception>
    public static IReadOnlyList<CorrelationRow> Of(
        IReadOnlyList<NamedColumn> targets, IReadOnlyList<NamedColumn> measures, ReadOnlySpan<bool> excluded, BootstrapOptions options)
    {
        var kept = new List<int>(excluded.Length);
        for (var i = 0; i < excluded.Length; i++)
            if (!excluded[i]) kept.Add(i);
        var samples = excluded.Length;
        double[][] x = [.. targets.Select(t => Kept(t, kept, samples))], y = [.. measures.Select(m => Kept(m, kept, samples))];
        var estimates = CorrelationBootstrap.Of(x, y, options);
        var rows = new List<CorrelationRow>();
        for (var t = 0; t < x.Length; t++)
            for (var m = 0; m < y.Length; m++)
                rows.Add(new CorrelationRow(targets[t].Name, measures[m].Name, kept.Count, samples - kept.Count,
                    Correlation.IsConstant(x[t]) || Correlation.IsConstant(y[m]), estimates[t, m]));
        return rows;
    }

    private static double[] Kept(NamedColumn column, List<int> kept, int samples) => column.Values.Length == samples
        ? [.. kept.Select(i => column.Values[i])] : throw new ArgumentException($"column '{column.Name}' has {column.Values.Length} values for {samples} samples", nameof(column));
}
