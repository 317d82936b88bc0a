using OnnxAudit.Reports;

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
    public void NoCells_GiveNoFigures() => Assert.Empty(KeyFigures.Of(SampleReport.Make() with { Cells = [] }));
}
