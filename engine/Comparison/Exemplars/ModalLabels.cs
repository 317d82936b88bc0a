namespace OnnxAudit.Comparison.Exemplars;

/// <summary>What most models of a population predict: m(i) = the most frequent prediction of sample i over K models, the smallest class on a tie.</summary>
/// <param name="Models">K.</param>
/// <param name="Labels">m(i), [n].</param>
/// <param name="Tied">True where another class was as frequent, [n].</param>
public sealed record ModalLabels(int Models, int[] Labels, bool[] Tied)
{
    /// <summary>The modal labels of K ≥ 1 models' predictions, [n] each.</summary>
    /// <exception cref="ArgumentException">No model, or different numbers of samples.</exception>
    public static ModalLabels Of(IReadOnlyList<int[]> predictions)
    {
        if (predictions.Count == 0) throw new ArgumentException("no model", nameof(predictions));
        var n = predictions[0].Length;
        foreach (var model in predictions)
            if (model.Length != n) throw new ArgumentException($"{model.Length} samples against {n}", nameof(predictions));
        var (labels, tied, votes) = (new int[n], new bool[n], new int[predictions.Count]);
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < votes.Length; k++) votes[k] = predictions[k][i];
            (labels[i], tied[i]) = Mode(votes);
        }

        return new ModalLabels(predictions.Count, labels, tied);
    }

    private static (int Label, bool Tied) Mode(int[] votes)
    {
        Array.Sort(votes);
        var (label, most, tied) = (votes[0], 0, false);
        for (int start = 0, end; start < votes.Length; start = end)
        {
            for (end = start; end < votes.Length && votes[end] == votes[start]; end++)
            {
            }

            // Votes ascend, so of equally frequent labels the smallest is there first.
            if (end - start > most) (label, most, tied) = (votes[start], end - start, false);
            else if (end - start == most) tied = true;
        }

        return (label, tied);
    }
}
