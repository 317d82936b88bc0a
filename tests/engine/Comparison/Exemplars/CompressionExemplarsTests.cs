using OnnxAudit.Comparison.Exemplars;
using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Comparison.Exemplars;

public class CompressionExemplarsTests
{
    [Fact]
    public void Mode_IsTheMostFrequentLabel_AndTheSmallestOnATie()
    {
        var modal = ModalLabels.Of([[2, 5, 1, 0], [2, 3, 0, 9], [1, 3, 2, 9], [2, 5, 3, 4]]);
        Assert.Equal([2, 3, 0, 9], modal.Labels);
        Assert.Equal([false, true, true, false], modal.Tied);
        Assert.Equal(4, modal.Models);
        Assert.Throws<ArgumentException>(() => ModalLabels.Of([]));
        Assert.Throws<ArgumentException>(() => ModalLabels.Of([[1], [1, 2]]));
    }

    /// <summary>Against a count of every label, for random votes of 1 to 7 models over 4 classes.</summary>
    [Fact]
    public void Mode_IsTheCountedOne()
    {
        var random = Philox.For(3, "votes");
        for (uint round = 0; round < 200; round++)
        {
            int[][] votes = [.. Enumerable.Range(0, 1 + (int)(round % 7)).Select(k => (int[])[(int)(random.Words(round, (ulong)k).A % 4)])];
            var counts = Enumerable.Range(0, 4).Select(c => votes.Count(v => v[0] == c)).ToArray();
            var modal = ModalLabels.Of(votes);
            Assert.Equal(Array.IndexOf(counts, counts.Max()), modal.Labels[0]);
            Assert.Equal(counts.Count(c => c == counts.Max()) > 1, modal.Tied[0]);
        }
    }

    [Fact]
    public void Exemplars_AreWhereTheModesDiffer()
    {
        ModalLabels before = ModalLabels.Of([[0, 1, 2, 3]]), after = ModalLabels.Of([[0, 2, 2, 0], [0, 2, 1, 0], [0, 1, 1, 0]]);
        var found = CompressionExemplars.Between(before, after);
        Assert.Equal([false, true, true, true], found.Members);
        Assert.Equal((1, 3, 3, 0.75, 0), (found.Before, found.After, found.Count, found.Share, found.Tied));
        // Right before on samples 0 and 1: one of three exemplars, two of four samples.
        Assert.Equal((1.0 / 3, 0.5), found.Accuracy([1, 1, 0, 0]));
        Assert.Equal(0, CompressionExemplars.Between(after, after).Count);
    }

    /// <summary>Sets {0,1,2} and {1,2,3,4} of ten samples: 2 in both, so Jaccard 2/5, overlap 2/3, κ = (0.7 − 0.54)/0.46.</summary>
    [Fact]
    public void Agreement_IsThatOfTheSets()
    {
        bool[] first = [.. Enumerable.Range(0, 10).Select(i => i < 3)], second = [.. Enumerable.Range(0, 10).Select(i => i is > 0 and < 5)];
        var agreement = ExemplarAgreement.Of(first, second);
        Assert.Equal(new ExemplarAgreement(2, 1, 2, 5), agreement);
        Assert.Equal(0.4, agreement.Jaccard, 1e-15);
        Assert.Equal(2.0 / 3, agreement.Overlap, 1e-15);
        Assert.Equal(0.16 / 0.46, agreement.Kappa, 1e-12);
        Assert.True(double.IsNaN(ExemplarAgreement.Of(new bool[3], new bool[3]).Jaccard));
    }
}
