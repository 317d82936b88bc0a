using OnnxAudit.Statistics;

namespace OnnxAudit.Comparison.Exemplars;

/// <summary>
/// Samples on which compression changes what a population of models says: exemplar(i) = 1{m_0(i) ≠ m_t(i)}, m the modal label over K models each.
/// Called PIE when the compression is pruning, CIE for any kind. With one model a side it is plain disagreement.
/// Source: S. Hooker et al., arXiv:1911.05248 and arXiv:2010.03058.
/// </summary>
/// <param name="Before">Models of the uncompressed population.</param>
/// <param name="After">Models of the compressed population.</param>
/// <param name="Members">True where the modal labels differ, [n].</param>
/// <param name="Tied">Samples whose modal label was tied on either side.</param>
public sealed record CompressionExemplars(int Before, int After, bool[] Members, int Tied)
{
    /// <summary>Exemplars.</summary>
    public int Count => Members.Count(m => m);

    /// <summary>Exemplars over samples; NaN without samples.</summary>
    public double Share => (double)Count / Members.Length;

    /// <summary>The exemplars between two populations over the same samples.</summary>
    /// <exception cref="ArgumentException">Different numbers of samples.</exception>
    public static CompressionExemplars Between(ModalLabels before, ModalLabels after)
    {
        if (before.Labels.Length != after.Labels.Length) throw new ArgumentException($"{after.Labels.Length} samples against {before.Labels.Length}", nameof(after));
        var members = new bool[before.Labels.Length];
        var tied = 0;
        for (var i = 0; i < members.Length; i++)
        {
            members[i] = before.Labels[i] != after.Labels[i];
            if (before.Tied[i] || after.Tied[i]) tied++;
        }

        return new CompressionExemplars(before.Models, after.Models, members, tied);
    }

    /// <summary>Mean correctness over the exemplars and over all samples: is what compression changes what was hard already? correct: [n]. NaN over none.</summary>
    public (double OnExemplars, double Overall) Accuracy(ReadOnlySpan<byte> correct)
    {
        int right = 0, all = 0;
        for (var i = 0; i < Members.Length; i++)
        {
            if (correct[i] == 0) continue;
            all++;
            if (Members[i]) right++;
        }

        return ((double)right / Count, (double)all / Members.Length);
    }
}

/// <summary>How far two sets of exemplars are the same.</summary>
/// <param name="Both">In both.</param>
/// <param name="First">In the first alone.</param>
/// <param name="Second">In the second alone.</param>
/// <param name="Neither">In neither.</param>
public readonly record struct ExemplarAgreement(int Both, int First, int Second, int Neither)
{
    /// <summary>Intersection over union; NaN when both sets are empty.</summary>
    public double Jaccard => (double)Both / (Both + First + Second);

    /// <summary>Intersection over the smaller set: 1 when one holds the other. NaN when one is empty.</summary>
    public double Overlap => (double)Both / (Both + Math.Min(First, Second));

    /// <summary>Cohen's kappa.</summary>
    public double Kappa => CohenKappa.Of(Both, First, Second, Neither);

    /// <summary>Counts over two sets of the same samples, [n] each.</summary>
    /// <exception cref="ArgumentException">Different numbers of samples.</exception>
    public static ExemplarAgreement Of(ReadOnlySpan<bool> first, ReadOnlySpan<bool> second)
    {
        if (first.Length != second.Length) throw new ArgumentException($"{second.Length} samples against {first.Length}", nameof(second));
        Span<int> counts = stackalloc int[4];
        counts.Clear();
        for (var i = 0; i < first.Length; i++) counts[(first[i] ? 1 : 0) + (second[i] ? 2 : 0)]++;
        return new ExemplarAgreement(counts[3], counts[1], counts[2], counts[0]);
    }
}
