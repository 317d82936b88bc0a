using System.Numerics.Tensors;
using OnnxAudit.Statistics;

namespace OnnxAudit.Comparison.Robustness;

/// <summary>How alike two suites are to a set of models.</summary>
/// <param name="First">Position of a suite.</param>
/// <param name="Second">Position of another, after the first.</param>
/// <param name="Models">Models the means are over, a measure.</param>
/// <param name="Correlations">Mean Spearman ρ over the models, a measure; NaN over none.</param>
public sealed record SuitePair(int First, int Second, IReadOnlyList<int> Models, IReadOnlyList<double> Correlations);

/// <summary>
/// Redundancy of benchmarks: two corruptions ask the same question of a model when they rank its samples alike. For every pair of suites over the same samples,
/// Spearman's ρ of the per-sample geometry on the one with that on the other, as mean over models. Memory: the ranks of one model.
/// </summary>
/// <param name="suites">Suites compared.</param>
/// <param name="measures">Measures, e.g. angle, length and margin.</param>
public sealed class SuiteSimilarity(int suites, int measures)
{
    private readonly double[] _sums = new double[suites * suites * measures];
    private readonly int[] _counts = new int[suites * suites * measures];

    /// <summary>Every pair of suites, by first, then second.</summary>
    public IReadOnlyList<SuitePair> Pairs
    {
        get
        {
            var pairs = new List<SuitePair>();
            for (var a = 0; a < suites; a++)
                for (var b = a + 1; b < suites; b++)
                {
                    var at = (a * suites + b) * measures;
                    var counts = _counts.AsSpan(at, measures).ToArray();
                    pairs.Add(new SuitePair(a, b, counts, [.. counts.Select((n, m) => _sums[at + m] / n)]));
                }

            return pairs;
        }
    }

    /// <summary>
    /// Takes a model. columns: [suite][measure] to a value a sample, the same samples in every suite; null for a cell that is not there. A column that is constant or
    /// holds NaN has no ranks to compare and takes no part.
    /// </summary>
    /// <exception cref="ArgumentException">Another number of suites or measures, or columns of different lengths.</exception>
    public void Take(IReadOnlyList<float[]?[]> columns)
    {
        if (columns.Count != suites) throw new ArgumentException($"{columns.Count} suites against {suites}", nameof(columns));
        var length = columns.SelectMany(c => c).OfType<float[]>().FirstOrDefault()?.Length ?? 0;
        for (var m = 0; m < measures; m++)
        {
            var ranks = columns.Select(c => c.Length != measures ? throw new ArgumentException($"{c.Length} measures against {measures}", nameof(columns))
                : c[m] is not { } values ? null : values.Length == length ? Standardised(values) : throw new ArgumentException($"{values.Length} samples against {length}", nameof(columns))).ToArray();
            for (var a = 0; a < suites; a++)
                for (var b = a + 1; b < suites; b++)
                {
                    if (ranks[a] is not { } x || ranks[b] is not { } y) continue;
                    var at = (a * suites + b) * measures + m;
                    _sums[at] += Math.Clamp(TensorPrimitives.Dot<double>(x, y), -1, 1);
                    _counts[at]++;
                }
        }
    }

    /// <summary>Ranks about their mean over their norm, so that a dot product of two is ρ; null when there is none.</summary>
    private static double[]? Standardised(float[] values)
    {
        var ranks = Ranks.Of([.. values.Select(v => (double)v)]);
        if (ranks.Length < 2 || double.IsNaN(ranks[0])) return null;
        TensorPrimitives.Subtract(ranks, (ranks.Length + 1) / 2.0, ranks);
        var norm = TensorPrimitives.Norm<double>(ranks);
        if (norm == 0) return null;
        TensorPrimitives.Divide(ranks, norm, ranks);
        return ranks;
    }
}
