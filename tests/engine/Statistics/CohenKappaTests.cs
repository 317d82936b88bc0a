using OnnxAudit.Statistics;

namespace OnnxAudit.Tests.Statistics;

public class CohenKappaTests
{
    /// <summary>The usual example: of 50 proposals both readers accept 20 and refuse 15, and differ on 5 and 10: κ = (0.7 − 0.5)/(1 − 0.5).</summary>
    [Fact]
    public void Kappa_OfTheProposalsExample() => Assert.Equal(0.4, CohenKappa.Of(20, 5, 10, 15), 1e-15);

    [Fact]
    public void Kappa_OfFullAgreementChanceAndNothing()
    {
        Assert.Equal(1, CohenKappa.Of(3, 0, 0, 7));
        Assert.Equal(0, CohenKappa.Of(2, 8, 18, 72), 1e-15);
        Assert.Equal(-1, CohenKappa.Of(0, 5, 5, 0));
        Assert.True(double.IsNaN(CohenKappa.Of(0, 0, 0, 0)));
        Assert.True(double.IsNaN(CohenKappa.Of(0, 0, 0, 9)));
        Assert.Throws<ArgumentOutOfRangeException>(() => CohenKappa.Of(-1, 0, 0, 0));
    }
}
