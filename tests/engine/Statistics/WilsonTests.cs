using OnnxAudit.Statistics;

namespace OnnxAudit.Tests.Statistics;

public class WilsonTests
{
    /// <summary>Newcombe, Stat. Med. 17 (1998) 857–872, table I, method 3; more digits from the formula in Python.</summary>
    [Theory]
    [InlineData(81, 263, 0.2552885198782743, 0.3662095769828001)]
    [InlineData(15, 148, 0.0623863995307363, 0.160487241723308)]
    [InlineData(0, 20, 0, 0.1611251580528193)]
    [InlineData(1, 29, 0.006113214292762653, 0.17175521879320282)]
    [InlineData(20, 20, 0.8388748419471808, 1)]
    [InlineData(8431, 10000, 0.8358398856727025, 0.850096614645339)]
    public void Interval_AgreesWithNewcombe(long successes, long n, double low, double high)
    {
        var interval = Wilson.Interval(successes, n);
        Assert.Equal(low, interval.Low, 1e-13);
        Assert.Equal(high, interval.High, 1e-13);
    }

    [Fact]
    public void Interval_UsesTheConfidence()
    {
        var (low, high) = Wilson.Interval(8, 10, 0.99);
        Assert.Equal(0.4008186965216717, low, 1e-13);
        Assert.Equal(0.9598688474953835, high, 1e-13);
    }

    [Fact]
    public void Interval_IsUndefined_WithoutSamples()
    {
        var (low, high) = Wilson.Interval(0, 0);
        Assert.True(double.IsNaN(low) && double.IsNaN(high));
    }

    [Fact]
    public void MoreSuccessesThanSamples_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Wilson.Interval(3, 2));

    /// <summary>Values of Python's statistics.NormalDist; those of its docs and any table agree.</summary>
    [Theory]
    [InlineData(0.975, 1.9599639845400536)]
    [InlineData(0.995, 2.5758293035489)]
    [InlineData(0.9, 1.2815515655446008)]
    [InlineData(0.5, 0)]
    [InlineData(0.3, -0.5244005127080407)]
    [InlineData(1e-6, -4.753424308822899)]
    [InlineData(1e-12, -7.034483825301132)]
    public void NormalQuantile_AgreesWithTables(double probability, double expected) =>
        Assert.Equal(expected, NormalQuantile.Of(probability), 5e-13);
}
