using OnnxAudit.Statistics;

namespace OnnxAudit.Comparison.Exemplars;

/// <summary>How a class fares between two populations of models.</summary>
/// <param name="Class">Class id.</param>
/// <param name="Samples">Samples of the class.</param>
/// <param name="Before">Mean recall before; NaN without samples.</param>
/// <param name="After">Mean recall after.</param>
/// <param name="Recall">Welch's test of the recalls. Its p is NaN when a side has fewer than two models.</param>
/// <param name="Departure">Welch's test of recall minus the model's own accuracy: is the class hit harder (below 0) or less hard than the model as a whole?</param>
public sealed record RecallChange(int Class, int Samples, double Before, double After, MeanTest Recall, MeanTest Departure)
{
    /// <summary>A row a class. before, after: predictions of every model of a population, [n] each; labels: [n] in [0, classes). Source: arXiv:1911.05248, §3.1.</summary>
    /// <exception cref="ArgumentException">No model on a side, or different numbers of samples.</exception>
    public static IReadOnlyList<RecallChange> Of(IReadOnlyList<int[]> before, IReadOnlyList<int[]> after, ReadOnlySpan<int> labels, int classes)
    {
        if (before.Count == 0 || after.Count == 0) throw new ArgumentException("no model", before.Count == 0 ? nameof(before) : nameof(after));
        var counts = new int[classes];
        foreach (var label in labels) counts[label]++;
        var (first, second) = (new Population(before, labels, counts), new Population(after, labels, counts));
        return [.. counts.Select((n, c) => new RecallChange(c, n, first.Recalls[c].Average(), second.Recalls[c].Average(),
            Welch.Test(first.Recalls[c], second.Recalls[c]), Welch.Test(first.Departures(c), second.Departures(c))))];
    }

    private sealed class Population
    {
        private readonly double[] _accuracy;

        internal Population(IReadOnlyList<int[]> predictions, ReadOnlySpan<int> labels, int[] counts)
        {
            _accuracy = new double[predictions.Count];
            Recalls = [.. counts.Select(_ => new double[predictions.Count])];
            for (var k = 0; k < predictions.Count; k++)
            {
                if (predictions[k].Length != labels.Length) throw new ArgumentException($"{predictions[k].Length} samples against {labels.Length}", nameof(predictions));
                for (var i = 0; i < labels.Length; i++)
                {
                    if (predictions[k][i] != labels[i]) continue;
                    Recalls[labels[i]][k]++;
                    _accuracy[k]++;
                }

                for (var c = 0; c < counts.Length; c++) Recalls[c][k] /= counts[c];
                _accuracy[k] /= labels.Length;
            }
        }

        /// <summary>Recall by class, then model.</summary>
        internal double[][] Recalls { get; }

        internal double[] Departures(int c) => [.. Recalls[c].Zip(_accuracy, (recall, accuracy) => recall - accuracy)];
    }
}
