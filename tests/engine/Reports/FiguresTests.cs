using OnnxAudit.Reports;

namespace OnnxAudit.Tests.Reports;

public class FiguresTests
{
    [Theory]
    [InlineData(0.84314, "84.31 %")]
    [InlineData(double.NaN, "–")]
    public void Percent_HasTwoDecimals(double value, string text) => Assert.Equal(text, Figures.Percent(value));

    [Theory]
    [InlineData(-0.0123, "−1.23")]
    [InlineData(0.02, "+2.00")]
    [InlineData(0.00001, "0.00")]
    [InlineData(double.NaN, "–")]
    public void Points_CarryTheirSign(double value, string text) => Assert.Equal(text, Figures.Points(value));

    [Theory]
    [InlineData(512, "512 B")]
    [InlineData(27_300, "27.3 kB")]
    [InlineData(1_102_334, "1.10 MB")]
    [InlineData(2.5e9, "2.50 GB")]
    public void Bytes_TakeTheLargestUnit(double value, string text) => Assert.Equal(text, Figures.Bytes(value));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.49, "0.4900")]
    [InlineData(12.345, "12.35")]
    [InlineData(-2060.4, "−2060")]
    [InlineData(1.5e-7, "1.50e−7")]
    [InlineData(double.PositiveInfinity, "∞")]
    public void Plain_HasFourDigits(double value, string text) => Assert.Equal(text, Figures.Plain(value));
}
