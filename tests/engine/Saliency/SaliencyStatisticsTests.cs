using OnnxAudit.Saliency;

namespace OnnxAudit.Tests.Saliency;

public sealed class SaliencyStatisticsTests
{
    private static readonly float[] Profiles = [1, 0, 5, 2, 0, 5, 4, 0, 9]; // three samples of three filters; the second is dead

    [Fact]
    public void Moments_AreThoseOfTheDefinition_HoweverRowsAreCut()
    {
        var whole = new SaliencyStatistics(3);
        whole.Take(Profiles);
        var cut = new SaliencyStatistics(3);
        cut.Take(Profiles.AsSpan(0, 3));
        cut.Take(Profiles.AsSpan(3));
        Assert.Equal([7.0 / 3, 0, 19.0 / 3], whole.Mean.ToArray().Select(m => Math.Round(m, 12)), new Within(1e-11));
        Assert.Equal(Math.Sqrt(((1 - 7 / 3.0) * (1 - 7 / 3.0) + (2 - 7 / 3.0) * (2 - 7 / 3.0) + (4 - 7 / 3.0) * (4 - 7 / 3.0)) / 2), whole.Deviation(0), 12);
        Assert.Equal(whole.Mean.ToArray(), cut.Mean.ToArray());
        Assert.Equal(whole.Deviation(2), cut.Deviation(2));
    }

    [Fact]
    public void StandardisedProfiles_HaveMean0AndDeviation1_AndDeadFiltersAre0()
    {
        var statistics = new SaliencyStatistics(3);
        statistics.Take(Profiles);
        var standardised = new float[9];
        statistics.Standardise(Profiles, standardised);
        var again = new SaliencyStatistics(3);
        again.Take(standardised);
        Assert.All(again.Mean.ToArray(), m => Assert.Equal(0, m, 6));
        Assert.Equal(1, again.Deviation(0), 6);
        Assert.Equal(1, again.Deviation(2), 6);
        Assert.Equal([0f, 0f, 0f], [standardised[1], standardised[4], standardised[7]]);
    }

    [Fact]
    public void OneSample_HasNoDeviation_AndStandardisesToZero()
    {
        var statistics = new SaliencyStatistics(2);
        statistics.Take([3, 4]);
        Assert.Equal(0, statistics.Deviation(0));
        Assert.Equal(0, statistics.Standardise(3, 0));
    }

    private sealed class Within(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double a, double b) => Math.Abs(a - b) <= tolerance;

        public int GetHashCode(double value) => 0;
    }
}
