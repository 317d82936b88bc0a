using OnnxAudit.Statistics;

namespace OnnxAudit.Tests.Statistics;

public class QuantilesTests
{
    /// <summary>Expected values: numpy.quantile([7,1,3,10,5.5], p) of numpy 1.24.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.05, 1.4)]
    [InlineData(0.25, 3)]
    [InlineData(0.5, 5.5)]
    [InlineData(0.6, 6.1)]
    [InlineData(0.95, 9.4)]
    [InlineData(1, 10)]
    public void Of_InterpolatesAsNumpy(double p, double expected)
    {
        Assert.Equal(expected, Quantiles.Of([7.0, 1, 3, 10, 5.5], p), 12);
        Assert.Equal(expected, Quantiles.Of([7f, 1, 3, 10, 5.5f], p), 6);
    }

    [Fact]
    public void Of_KeepsInfinities() => Assert.Equal(double.PositiveInfinity, Quantiles.Of([1f, float.PositiveInfinity, float.PositiveInfinity], 0.75));

    [Fact]
    public void Of_IsNaN_WithoutValuesOrWithNaN()
    {
        Assert.Equal(double.NaN, Quantiles.Of(ReadOnlySpan<double>.Empty, 0.5));
        Assert.Equal(double.NaN, Quantiles.Of([1.0, double.NaN, 3], 1));
    }

    [Fact]
    public void Of_RefusesLevelsOutsideZeroToOne() => Assert.Throws<ArgumentOutOfRangeException>(() => Quantiles.Of([1.0], 1.5));
}
