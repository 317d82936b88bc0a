using OnnxAudit.Reports;

namespace OnnxAudit.Tests.Reports;

public class AxisTests
{
    [Theory]
    [InlineData(0, 90, 5, 0, 100, 20)]
    [InlineData(0.123, 0.187, 4, 0.12, 0.2, 0.02)]
    [InlineData(-3.2, 2.9, 4, -4, 4, 2)]
    [InlineData(0, 1, 5, 0, 1, 0.2)]
    public void Ends_AreRoundNumbersAroundTheData(double low, double high, int ticks, double first, double last, double step)
    {
        var axis = Axis.Over(low, high, ticks);
        Assert.Equal((first, last, step), (Math.Round(axis.Low, 9), Math.Round(axis.High, 9), Math.Round(axis.Step, 9)));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(0, 0)]
    [InlineData(1e30, 1e30)]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    [InlineData(1, 1.0000000001)]
    public void Ranges_WithoutExtent_StillGiveAnAxis(double low, double high)
    {
        var axis = Axis.Over(low, high, 5);
        Assert.True(axis.High > axis.Low);
        Assert.InRange(axis.Ticks.Count, 2, 20);
    }

    [Fact]
    public void Labels_HaveTheDecimalsOfTheStep_AndATrueMinus()
    {
        var axis = Axis.Over(-0.3, 0.3, 6);
        Assert.Equal(["−0.3", "−0.2", "−0.1", "0.0", "0.1", "0.2", "0.3"], axis.Ticks.Select(axis.Label));
    }

    [Fact]
    public void Places_OutsideTheAxis_AreClamped()
    {
        var axis = Axis.Over(0, 10, 5);
        Assert.Equal((0.0, 0.5, 1.0), (axis.Place(-3), axis.Place(5), axis.Place(12)));
    }
}
