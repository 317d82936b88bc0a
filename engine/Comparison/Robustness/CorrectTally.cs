namespace OnnxAudit.Comparison.Robustness;

/// <summary>
/// In how many of several cells each sample is classified correctly. Over a corruption grid this is a sample's robustness, Σ_c Σ_s 1{f(x_i^{c,s}) = y_i}
/// (19 × 5 cells in the paper); over magnitude-pruned copies of one model its pruning vulnerability, Σ_r 1{f_r(x_i) = y_i} (ratios 0 to 0.9; despite the name,
/// large means resilient). Source: arXiv:2206.07918, eqs. 6 and 7; the printed eq. 7 repeats x^{c,s} by mistake.
/// </summary>
/// <param name="samples">Samples of every cell.</param>
public sealed class CorrectTally(int samples)
{
    private readonly int[] _counts = new int[samples];

    /// <summary>Cells taken so far.</summary>
    public int Cells { get; private set; }

    /// <summary>Correct classifications of every sample, 0 to <see cref="Cells"/>, [samples].</summary>
    public ReadOnlyMemory<int> Counts => _counts;

    /// <summary>Takes a cell. correct: [samples], not 0 where the prediction is the label.</summary>
    /// <exception cref="ArgumentException">Another number of samples.</exception>
    public void Take(ReadOnlySpan<byte> correct)
    {
        if (correct.Length != _counts.Length) throw new ArgumentException($"{correct.Length} samples against {_counts.Length}", nameof(correct));
        for (var i = 0; i < correct.Length; i++)
            if (correct[i] != 0) _counts[i]++;
        Cells++;
    }
}
