using OnnxAudit.Comparison.Robustness;

namespace OnnxAudit.Tests.Comparison.Robustness;

public class RandomAnglesTests
{
    /// <summary>
    /// Reference deviations over 10,000 pairs. The bounds are four standard errors of either side: mean sd·4/√n, deviation sd·4/√(2n) and the last digit printed.
    /// </summary>
    [Theory]
    [InlineData(2, 10_000, 52.0)]
    [InlineData(5, 10_000, 28.7)]
    [InlineData(10, 10_000, 19.2)]
    [InlineData(20, 10_000, 13.3)]
    [InlineData(50, 10_000, 8.20)]
    [InlineData(84, 10_000, 6.18)]
    [InlineData(128, 10_000, 5.06)]
    [InlineData(512, 2_000, 2.55)]
    [InlineData(2048, 1_000, 1.28)]
    public void ZeroMeanVectors_StandAtRightAngles(int dimension, int pairs, double sd)
    {
        var angle = RandomAngles.Of(dimension, pairs, seed: 1);
        Assert.Equal(90, angle.Mean, 4 * sd / Math.Sqrt(pairs));
        Assert.Equal(sd, angle.Sd, 4 * sd * (1 / Math.Sqrt(2.0 * pairs) + 1 / Math.Sqrt(20_000)));
        if (dimension >= 84) Assert.Equal(angle.Expected, angle.Sd, 0.06 * angle.Expected);
    }

    [Theory]
    [InlineData(2, 10_000, 27.4, 19.5)]
    [InlineData(5, 10_000, 37.8, 12.7)]
    [InlineData(20, 10_000, 40.6, 6.2)]
    [InlineData(84, 10_000, 41.3, 3.00)]
    [InlineData(2048, 1_000, 41.4, 0.60)]
    public void PositiveVectors_StandAtFortyOneDegrees(int dimension, int pairs, double mean, double sd)
    {
        var angle = RandomAngles.Of(dimension, pairs, seed: 1, positive: true);
        Assert.Equal(mean, angle.Mean, 0.05 + 4 * sd * (1 / Math.Sqrt(pairs) + 0.01));
        Assert.Equal(sd, angle.Sd, 0.05 + 4 * sd * (1 / Math.Sqrt(2.0 * pairs) + 0.0071));
    }

    /// <summary>In one dimension vectors point the same way or the opposite one.</summary>
    [Fact]
    public void OneDimension_HasTwoAngles()
    {
        var angle = RandomAngles.Of(1, 4000, seed: 2);
        Assert.Equal(90, angle.Sd, 0.1);
        // The arc cosine turns a rounding error of 1e-16 into √(2e-16) rad, 1e-6 degrees.
        Assert.Equal(0, RandomAngles.Of(1, 10, seed: 2, positive: true).Mean, 2e-6);
        Assert.Equal(angle, RandomAngles.Of(1, 4000, seed: 2));
        Assert.NotEqual(angle.Mean, RandomAngles.Of(1, 4000, seed: 3).Mean);
    }
}
