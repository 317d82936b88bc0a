using OnnxAudit.Statistics;

namespace OnnxAudit.Tests.Statistics;

public class McNemarTests
{
    /// <summary>Sums of binomial coefficients in exact rational arithmetic (Python fractions). 86 and 150 are Agresti's approval ratings.</summary>
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 0.5)]
    [InlineData(5, 5, 0.623046875)]
    [InlineData(10, 3, 0.046142578125)]
    [InlineData(3, 9, 0.980712890625)]
    [InlineData(121, 59, 2.217224631877588e-06)]
    [InlineData(150, 86, 1.857968069785721e-05)]
    [InlineData(86, 150, 0.9999896457855217)]
    [InlineData(500, 300, 7.631577790769892e-13)]
    [InlineData(1040, 1000, 0.1939407858129853)]
    [InlineData(5200, 4800, 3.296757799336221e-05)]
    [InlineData(1, 1000, 1)]
    public void P_IsTheExactBinomialTail(int lost, int gained, double expected) =>
        Assert.Equal(1, McNemar.ExactOneSided(lost, gained) / expected, 1e-11);

    /// <summary>R: binom.test(2, 14)$p.value = 0.01293945; Agresti's 86 and 150; never above one.</summary>
    [Theory]
    [InlineData(12, 2, 212.0 / 16384)]
    [InlineData(2, 12, 212.0 / 16384)]
    [InlineData(86, 150, 2 * 1.857968069785721e-05)]
    [InlineData(5, 5, 1)]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 1)]
    public void TwoSidedP_IsTwiceTheHeavierTail(int lost, int gained, double expected) =>
        Assert.Equal(1, McNemar.ExactTwoSided(lost, gained) / expected, 1e-11);

    [Fact]
    public void P_IsFiniteAndSmall_ForAMillionPairs()
    {
        // z = 2000/√1,000,000 = 2 with continuity: the normal tail is the reference.
        var p = McNemar.ExactOneSided(501_000, 499_000);
        Assert.InRange(p, 0.0226, 0.0229);
        Assert.Equal(0, McNemar.ExactOneSided(1_000_000, 0));
    }

    [Fact]
    public void LossesAndGainsSwapped_AddUpToOnePlusTheMiddle()
    {
        for (var n = 1; n <= 400; n += 7)
            for (var lost = 0; lost <= n; lost++)
            {
                var upper = McNemar.ExactOneSided(lost, n - lost);
                var lower = McNemar.ExactOneSided(n - lost + 1 > n ? n : n - lost + 1, lost - 1 < 0 ? 0 : lost - 1);
                if (lost > 0) Assert.Equal(1, upper + lower, 1e-12);
            }
    }

    [Theory]
    [InlineData(0.01, 7)]
    [InlineData(0.05, 5)]
    [InlineData(0.5, 2)]
    [InlineData(0.001, 10)]
    public void PairsNeeded_IsTheFewestThatCanReachTheLevel(double alpha, int pairs)
    {
        Assert.Equal(pairs, McNemar.PairsNeeded(alpha));
        Assert.True(McNemar.SmallestReachable(pairs) < alpha);
        Assert.False(McNemar.SmallestReachable(pairs - 1) < alpha);
        Assert.Equal(McNemar.SmallestReachable(pairs), McNemar.ExactOneSided(pairs, 0), 1e-15);
    }
}
