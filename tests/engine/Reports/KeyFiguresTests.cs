using OnnxAudit.Reports;
using OnnxAudit.Runs;

namespace OnnxAudit.Tests.Reports;

public class KeyFiguresTests
{
    [Fact]
    public void Figures_NameTheVariantsTheyAreAbout()
    {
        var figures = KeyFigures.Of(SampleReport.Make());
        Assert.Equal("84.31 %", figures[0].Value);
        Assert.Equal(("10.00 %", true), (figures[1].Value, figures[1].Meaning.Contains("resnet20-magnitude-0.10")));
        Assert.Equal(("−60.75 points", true), (figures[3].Value, figures[3].Meaning.Contains("resnet20-random-0.90")));
        Assert.Equal(("−1.20 points", true), (figures[2].Value, figures[2].Meaning.Contains("class cat")));
    }

    [Fact]
    public void LargestChange_IsTheLargestGain_WhenEveryVariantGains()
    {
        var sample = SampleReport.Make();
        var cells = sample.Cells.Take(3).Select((c, i) =>
            new ReportCell(c.Cell, new CellResult(2000, [new MetricSlice("all", "", 2000, [new("accuracy", 0.5 + 0.1 * i)])], []), null, c.Columns));
        var figure = KeyFigures.Of(sample with { Cells = [.. cells] })[^1];
        Assert.Equal("+20.00 points", figure.Value);
        Assert.Contains("largest change, in resnet20-magnitude-0.30", figure.Meaning);
    }

    [Fact]
    public void NoCells_GiveNoFigures() => Assert.Empty(KeyFigures.Of(SampleReport.Make() with { Cells = [] }));
}
