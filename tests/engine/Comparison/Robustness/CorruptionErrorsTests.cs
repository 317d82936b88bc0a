using OnnxAudit.Comparison.Robustness;

namespace OnnxAudit.Tests.Comparison.Robustness;

public class CorruptionErrorsTests
{
    private static readonly CorruptionError[] Model = [new("fog", 1, 0.2), new("fog", 3, 0.4), new("snow", 1, 0.5), new("snow", 3, 0.7)];
    private static readonly CorruptionError[] Reference = [new("snow", 3, 0.9), new("snow", 1, 0.6), new("fog", 1, 0.5), new("fog", 3, 0.7)];

    /// <summary>By hand: fog (0.2+0.4)/(0.5+0.7) = ½, relative (0.6 − 0.2)/(1.2 − 0.4) = ½; snow 1.2/1.5 = 0.8, relative 1.0/1.1.</summary>
    [Fact]
    public void CorruptionError_IsTheRatioOfSums()
    {
        var rows = CorruptionErrors.ByCorruption(Model, 0.1, Reference, 0.2);
        Assert.Equal(["fog", "snow"], rows.Select(r => r.Name));
        Near([0.3, 0.5, 0.5], rows[0]);
        Near([0.6, 0.8, 1.0 / 1.1], rows[1]);
        Near([0.45, 0.65, (0.5 + 1 / 1.1) / 2], CorruptionErrors.Mean("all", rows, ["snow", "fog"]));
        Assert.Equal((2, 4), (rows[0].Cells, CorruptionErrors.Mean("all", rows, ["snow", "fog"]).Cells));
    }

    /// <summary>A mean over corruptions one of which was not run is no mean over them.</summary>
    [Fact]
    public void Mean_IsNotThere_WhenACorruptionIsMissing()
    {
        var mean = CorruptionErrors.Mean("15", CorruptionErrors.ByCorruption(Model, 0.1), ["fog", "frost"]);
        Assert.True(mean.Cells == 0 && double.IsNaN(mean.Error) && double.IsNaN(mean.Ratio));
    }

    [Fact]
    public void Ratio_IsNotThere_WithoutTheReferencesCells()
    {
        Assert.All(CorruptionErrors.ByCorruption(Model, 0.1), r => Assert.True(double.IsNaN(r.Ratio) && double.IsNaN(r.Relative)));
        var partly = CorruptionErrors.ByCorruption(Model, 0.1, Reference[..3], 0.2);
        Assert.True(double.IsNaN(partly[0].Ratio) && !double.IsNaN(partly[1].Ratio));
        Assert.True(double.IsNaN(CorruptionErrors.ByCorruption(Model, double.NaN, Reference, 0.2)[0].Relative));
        Assert.True(double.IsNaN(CorruptionErrors.ByCorruption([new("fog", 1, 0.2)], 0, [new("fog", 1, 0)], 0)[0].Ratio));
        Assert.Throws<ArgumentException>(() => CorruptionErrors.ByCorruption([new("fog", 1, 0.2), new("fog", 1, 0.3)], 0));
    }

    [Fact]
    public void Severities_AreMeansOverCorruptions()
    {
        var rows = CorruptionErrors.BySeverity([.. Model, new("jpeg", 5, 0.9)]);
        Assert.Equal([(1, 2, 0.35), (3, 2, 0.55), (5, 1, 0.9)], rows.Select(r => (r.Severity, r.Cells, Math.Round(r.Error, 12))));
    }

    /// <summary>A model against itself has corruption error one.</summary>
    [Fact]
    public void ModelAgainstItself_IsOne() =>
        Assert.All(CorruptionErrors.ByCorruption(Model, 0.1, Model, 0.1), r => Assert.Equal((1, 1), (Math.Round(r.Ratio, 12), Math.Round(r.Relative, 12))));

    private static void Near(double[] expected, CorruptionSummary found)
    {
        Assert.Equal(expected[0], found.Error, 1e-12);
        Assert.Equal(expected[1], found.Ratio, 1e-12);
        Assert.Equal(expected[2], found.Relative, 1e-12);
    }
}
