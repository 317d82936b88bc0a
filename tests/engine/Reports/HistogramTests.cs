using OnnxAudit.Reports;

namespace OnnxAudit.Tests.Reports;

public class HistogramTests
{
    [Fact]
    public void EveryFiniteValue_IsCountedOnce_InItsGroup()
    {
        var histogram = new Histogram(Axis.Over(0, 1, 4));
        histogram.Add([0, 0.5f, 1, 0.25f, float.NaN, float.PositiveInfinity], [1, 1, 1, 0, 1, 0]);
        Assert.Equal(3, histogram.Correct.Sum());
        Assert.Equal(1, histogram.Wrong.Sum());
        Assert.Equal(1, histogram.Correct[0]);
        Assert.Equal(1, histogram.Correct[^1]);
        Assert.Equal(1, histogram.Wrong[Histogram.Bins / 4]);
    }

    [Fact]
    public void Drawing_OfNothing_IsFlat()
    {
        var svg = new Histogram(Axis.Over(0, 1, 4)).Draw("margin", "").Html;
        Assert.DoesNotContain("NaN", svg);
        Assert.Contains("margin", svg);
    }
}
