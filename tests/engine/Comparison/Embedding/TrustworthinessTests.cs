using OnnxAudit.Comparison.Embedding;

namespace OnnxAudit.Tests.Comparison.Embedding;

/// <summary>Trustworthiness.</summary>
public class TrustworthinessTests
{
    [Fact]
    public void TheTruthItself_IsOne()
    {
        var distances = DistanceMatrix.Euclidean(PhiloxNumbers.Normal(1, 60), 2);
        Assert.Equal(1, Trustworthiness.Of(distances, distances, 5));
    }

    [Fact]
    public void AnExchange_CostsItsRanks()
    {
        // Points 0 … 6 of a line; the layout exchanges 1 and 6. By hand with k = 1: the nearest in the layout, and its rank in truth, of 0: 6 (6th); 1: 5 (5th);
        // 2: 3 (2nd, behind 1: of equals the lower index); 3: 2 (1st); 4: 3 (1st); 5: 1 (5th); 6: 0 (6th).
        double[] line = [0, 1, 2, 3, 4, 5, 6], exchanged = [0, 6, 2, 3, 4, 5, 1];
        var value = Trustworthiness.Of(DistanceMatrix.Euclidean(line, 1), DistanceMatrix.Euclidean(exchanged, 1), 1);
        Assert.Equal(1 - 2.0 * (5 + 4 + 1 + 0 + 0 + 4 + 5) / (7 * 1 * (14 - 3 - 1)), value, 1e-12);
    }

    [Fact]
    public void TooManyNeighbours_AreUndefined()
    {
        var distances = DistanceMatrix.Euclidean([0, 1, 2, 3], 1);
        Assert.True(double.IsNaN(Trustworthiness.Of(distances, distances, 2)));
    }
}
