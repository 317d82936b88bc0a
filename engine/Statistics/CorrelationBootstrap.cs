using System.Numerics.Tensors;

namespace OnnxAudit.Statistics;

/// <summary>Pearson and Spearman of one pair of columns, with bootstrap percentile intervals. NaN where a column is constant.</summary>
/// <param name="Pearson">Pearson's r.</param>
/// <param name="PearsonInterval">Its interval.</param>
/// <param name="Spearman">Spearman's ρ.</param>
/// <param name="SpearmanInterval">Its interval.</param>
public readonly record struct CorrelationEstimate(double Pearson, (double Low, double High) PearsonInterval, double Spearman, (double Low, double High) SpearmanInterval);

/// <summary>
/// Correlations of every target with every measure over the same resamples. A resample is a weight a sample: Pearson's sums are dot products, and its ranks
/// follow from the order of the whole sample, so a replicate costs O(n) a column and nothing is sorted again.
/// </summary>
public static class CorrelationBootstrap
{
    /// <summary>Estimates by target, then measure. targets, measures: columns [n] of finite values.</summary>
    /// <exception cref="ArgumentException">Lengths differ, or a value is not finite.</exception>
    public static CorrelationEstimate[,] Of(IReadOnlyList<double[]> targets, IReadOnlyList<double[]> measures, BootstrapOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Replicates, 1);
        var n = targets.Concat(measures).FirstOrDefault()?.Length ?? 0;
        foreach (var column in targets.Concat(measures))
        {
            if (column.Length != n) throw new ArgumentException($"{column.Length} values against {n}", nameof(measures));
            if (!TensorPrimitives.IsFiniteAll<double>(column)) throw new ArgumentException("a value that is not finite", nameof(measures));
        }

        var (x, y) = (targets.Select(t => new Column(t)).ToArray(), measures.Select(m => new Column(m)).ToArray());
        var replicates = new (double[] Pearson, double[] Spearman)[x.Length, y.Length];
        for (var t = 0; t < x.Length; t++)
            for (var m = 0; m < y.Length; m++) replicates[t, m] = (new double[options.Replicates], new double[options.Replicates]);
        var (weights, scratch) = (new double[n], new double[n]);
        for (var r = 0; r < options.Replicates; r++)
        {
            Bootstrap.Draw(options.Seed, r, weights);
            foreach (var column in x.Concat(y)) column.Weigh(weights, scratch);
            for (var t = 0; t < x.Length; t++)
                for (var m = 0; m < y.Length; m++)
                {
                    replicates[t, m].Pearson[r] = Ratio(x[t].Values, y[m].Values);
                    replicates[t, m].Spearman[r] = Ratio(x[t].Ranks, y[m].Ranks);
                }
        }

        var estimates = new CorrelationEstimate[x.Length, y.Length];
        for (var t = 0; t < x.Length; t++)
            for (var m = 0; m < y.Length; m++)
                estimates[t, m] = new(
                    Correlation.Pearson(targets[t], measures[m]), Bootstrap.Percentile(replicates[t, m].Pearson, options.Confidence),
                    Correlation.Spearman(targets[t], measures[m]), Bootstrap.Percentile(replicates[t, m].Spearman, options.Confidence));
        return estimates;
    }

    private static double Ratio(Weighted a, Weighted b) => a.Norm > 0 && b.Norm > 0
        ? Math.Clamp(TensorPrimitives.Dot<double>(a.Centred, b.Weighed) / (a.Norm * b.Norm), -1, 1) : double.NaN;

    /// <summary>A column in the current resample: values about their weighted mean, the same times the weights, and the weighted norm.</summary>
    private sealed class Weighted(int n)
    {
        internal double[] Centred { get; } = new double[n];

        internal double[] Weighed { get; } = new double[n];

        internal double Norm { get; private set; }

        internal void Take(ReadOnlySpan<double> values, ReadOnlySpan<double> weights)
        {
            TensorPrimitives.Subtract(values, TensorPrimitives.Dot(values, weights) / n, Centred);
            TensorPrimitives.Multiply(Centred, weights, Weighed);
            var norm = Math.Sqrt(TensorPrimitives.Dot<double>(Centred, Weighed));
            // A resample of equal values keeps the rounding error of their mean: that is no variance.
            Norm = norm > 1e-12 * Math.Sqrt(n) * Math.Abs(TensorPrimitives.MaxMagnitude(values)) ? norm : 0;
        }
    }

    private sealed class Column(double[] values)
    {
        private readonly TieGroups _groups = new(values);
        private readonly bool _constant = Correlation.IsConstant(values);

        internal Weighted Values { get; } = new(values.Length);

        internal Weighted Ranks { get; } = new(values.Length);

        internal void Weigh(double[] weights, double[] scratch)
        {
            if (_constant) return;
            Values.Take(values, weights);
            _groups.Rank(weights, scratch);
            Ranks.Take(scratch, weights);
        }
    }
}
