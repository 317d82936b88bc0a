using OnnxAudit.Comparison.Robustness;
using OnnxAudit.Kernels;
using OnnxAudit.Statistics;

namespace OnnxAudit.Tests.Comparison.Robustness;

public class SuiteSimilarityTests
{
    /// <summary>Against Spearman's ρ of every pair, averaged over three models, two measures.</summary>
    [Fact]
    public void Pairs_AreMeanRankCorrelations()
    {
        float[][][][] models = [.. Enumerable.Range(0, 3).Select(k => (float[][][])[.. Enumerable.Range(0, 4).Select(s => (float[][])[Column(k, s, 0), Column(k, s, 1)])])];
        var similarity = new SuiteSimilarity(4, 2);
        foreach (var model in models) similarity.Take(model);
        Assert.Equal([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)], similarity.Pairs.Select(p => (p.First, p.Second)));
        foreach (var pair in similarity.Pairs)
            for (var m = 0; m < 2; m++)
            {
                Assert.Equal(models.Average(k => Correlation.Spearman(Wide(k[pair.First][m]), Wide(k[pair.Second][m]))), pair.Correlations[m], 1e-12);
                Assert.Equal(3, pair.Models[m]);
            }
    }

    [Fact]
    public void SameOrder_IsOne_AndOppositeOrderMinusOne()
    {
        var similarity = new SuiteSimilarity(3, 1);
        similarity.Take([[[1, 2, 3, 9]], [[10, 20, 30, 31]], [[4, 3, 2, 1]]]);
        Assert.Equal([1, -1, -1], similarity.Pairs.Select(p => Math.Round(p.Correlations[0], 12)));
    }

    [Fact]
    public void MissingConstantAndBrokenColumns_TakeNoPart()
    {
        var similarity = new SuiteSimilarity(4, 1);
        similarity.Take([[[1, 2, 3]], [null], [[5, 5, 5]], [[1, float.NaN, 2]]]);
        Assert.All(similarity.Pairs, p => Assert.True(p.Models[0] == 0 && double.IsNaN(p.Correlations[0])));
        similarity.Take([[[1, 2, 3]], [[1, 2, 3]], [[5, 5, 5]], [null]]);
        Assert.Equal((1, 1.0), (similarity.Pairs[0].Models[0], Math.Round(similarity.Pairs[0].Correlations[0], 12)));
        Assert.Throws<ArgumentException>(() => similarity.Take([[[1]]]));
        Assert.Throws<ArgumentException>(() => similarity.Take([[[1, 2]], [[1, 2, 3]], [null], [null]]));
    }

    private static float[] Column(int model, int suite, int measure)
    {
        var random = Philox.For((ulong)(100 * model + 10 * suite + measure), "columns");
        return [.. Enumerable.Range(0, 30).Select(i => MathF.Round(6 * Philox.ToUnit(random.Words((ulong)i, 0).A)) + i * suite)];
    }

    private static double[] Wide(float[] values) => [.. values.Select(v => (double)v)];
}
