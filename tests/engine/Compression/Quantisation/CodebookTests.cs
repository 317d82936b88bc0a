using OnnxAudit.Compression.Quantisation;

namespace OnnxAudit.Tests.Compression.Quantisation;

/// <summary>Codebooks against slow definitions.</summary>
public class CodebookTests
{
    [Fact]
    public void FewDistinctValues_AreKeptBitForBit()
    {
        float[] values = [0.1f, -0f, 0.1f, 1e-40f, float.MaxValue, -3, 0, -3];
        var codebook = Codebook.Of(values, 6);
        Assert.Equal([-3, 0, 1e-40f, 0.1f, float.MaxValue], codebook.Entries);
        Assert.Equal(values, codebook.Indices(values).Select(i => codebook.Entries[i]));
        Assert.Equal([0f], Codebook.Of([0f, -0f], 2).Entries);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(256)]
    public void Error_IsTheOptimums(int entries)
    {
        var values = Models.Weights(3000, 11);
        var codebook = Codebook.Of(values, entries);
        var sorted = values.Distinct().Order().Select(v => (double)v).ToArray();
        var starts = OptimalPartition.Of(sorted, [.. sorted.Select(s => (double)values.Count(v => v == s))], entries);
        var means = starts.Select((s, c) => values.Where(v => v >= sorted[s] && (c + 1 == starts.Length || v < sorted[starts[c + 1]])).Average(v => (double)v)).ToArray();
        Assert.Equal(entries, codebook.Entries.Length);
        // float32 entries in place of float64 means.
        Assert.Equal(1, Error(values, codebook) / values.Sum(v => means.Min(m => Math.Pow(v - m, 2))), 1e-6);
    }

    /// <summary>More distinct values than the partition takes: grouped, then moved by Lloyd's steps; a tenth of a per cent above the optimum at most.</summary>
    [Fact]
    public void ManyDistinctValues_ComeCloseToTheOptimum()
    {
        var values = Models.Weights(30_000, 5);
        var sorted = values.Distinct().Order().Select(v => (double)v).ToArray();
        Assert.True(sorted.Length > 20_000);
        var starts = OptimalPartition.Of(sorted, [.. sorted.Select(_ => 1.0)], 12);
        var optimum = Enumerable.Range(0, 12).Sum(c =>
        {
            var part = sorted[starts[c]..(c < 11 ? starts[c + 1] : sorted.Length)];
            return part.Sum(p => Math.Pow(p - part.Average(), 2));
        });
        Assert.InRange(Error(sorted.Select(s => (float)s).ToArray(), Codebook.Of([.. sorted.Select(s => (float)s)], 12)) / optimum, 1 - 1e-6, 1.001);
    }

    [Fact]
    public void Indices_AreOfTheNearestEntry()
    {
        var values = Models.Weights(2000, 3);
        var codebook = Codebook.Of(values, 9);
        var indices = codebook.Indices(values);
        for (var i = 0; i < values.Length; i++) Assert.Equal(codebook.Entries.Min(e => Math.Abs((double)e - values[i])), Math.Abs((double)codebook.Entries[indices[i]] - values[i]), 1e-9);
    }

    /// <summary>Pruned weights must not come back as small numbers.</summary>
    [Fact]
    public void ZerosOfAPrunedWeight_StayZeros()
    {
        var values = Models.Weights(4000, 8);
        for (var i = 0; i < 2000; i++) values[i * 2] = 0;
        var codebook = Codebook.Of(values, 16);
        Assert.Contains(0f, codebook.Entries);
        Assert.True(codebook.Entries.Length <= 16);
        var indices = codebook.Indices(values);
        for (var i = 0; i < 2000; i++) Assert.Equal(0, codebook.Entries[indices[i * 2]]);
    }

    private static double Error(float[] values, Codebook codebook)
    {
        var indices = codebook.Indices(values);
        return values.Select((v, i) => Math.Pow((double)v - codebook.Entries[indices[i]], 2)).Sum();
    }
}
