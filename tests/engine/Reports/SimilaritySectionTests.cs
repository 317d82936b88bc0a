using OnnxAudit.Comparison.Embedding;
using OnnxAudit.Comparison.Similarity;
using OnnxAudit.Reports;
using OnnxAudit.Tests.Comparison.Similarity;

namespace OnnxAudit.Tests.Reports;

/// <summary>The map of a report.</summary>
public class SimilaritySectionTests
{
    private static readonly SimilarityMap Map = SimilarityMap.Of(Points.Of(5, 3, 200), new SimilaritySettings { Umap = new UmapSettings { Seed = 2 } });

    [Fact]
    public void EveryPoint_HasItsNameOnHover_InTheMapAndInItsSuitesPicture()
    {
        var html = SimilaritySection.Write(Map).Html;
        Assert.All(Map.Points, p => Assert.Equal(3, html.Split($"<title>{p}</title>").Length));
    }

    [Fact]
    public void EverySuite_HasALegendEntry_AndATree()
    {
        var html = SimilaritySection.Write(Map).Html;
        Assert.All(Map.Trees, t => Assert.Contains($"aria-label=\"Spanning tree of {t.Suite}\"", html, StringComparison.Ordinal));
        Assert.Equal(3, html.Split("class=\"tree strong-tree\"").Length - 1);
        Assert.Contains("1 model0, 2 model1, 3 model2, 4 model3, 5 model4", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_AreSaid()
    {
        var html = SimilaritySection.Write(Map).Html;
        Assert.Contains("angle, margin and length of 200 samples, as measured. Placed by UMAP, 15 neighbours", html, StringComparison.Ordinal);
        Assert.Contains("seed 2", html, StringComparison.Ordinal);
        Assert.Contains("each of the three over its standard deviation. Placed by classical scaling", SimilaritySection.Write(SimilarityMap.Of(Points.Of(4, 2, 100),
            new SimilaritySettings { Layout = MapLayout.Mds, Vectors = new VectorSettings { Scaling = VectorScaling.BlockStandardised } })).Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_AreEscaped()
    {
        var points = Points.Of(4, 1, 50).Select(p => p with { Model = $"<b>{p.Model}" }).ToArray();
        Assert.DoesNotContain("<b>", SimilaritySection.Write(SimilarityMap.Of(points, new SimilaritySettings())).Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Points_StayInsideThePicture()
    {
        var html = SimilarityChart.Whole(Map).Html;
        foreach (System.Text.RegularExpressions.Match m in System.Text.RegularExpressions.Regex.Matches(html, "c[xy]=\"(-?[0-9.]+)\""))
            Assert.InRange(double.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 5, 715);
    }
}
