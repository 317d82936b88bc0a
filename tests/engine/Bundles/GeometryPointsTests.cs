using System.Runtime.InteropServices;
using OnnxAudit.Bundles;
using OnnxAudit.Comparison.Similarity;
using OnnxAudit.Graphs;
using OnnxAudit.Reports;
using OnnxAudit.Runs;

namespace OnnxAudit.Tests.Bundles;

/// <summary>Points of a similarity map out of a bundle's columns.</summary>
public class GeometryPointsTests
{
    [Fact]
    public void EveryCellWithGeometry_IsAPoint_SuiteBySuite()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, ["a", "b", "c"], ["clean", "fog"], without: "b--fog--cpu");
        var points = GeometryPoints.Of(Bundle.Open(folder.Path));
        Assert.Equal([("a", "clean"), ("b", "clean"), ("c", "clean"), ("a", "fog"), ("c", "fog")], points.Select(p => (p.Model, p.Suite)));
        Assert.Equal(["c on fog"], GeometryPoints.Of(Bundle.Open(folder.Path), ["fog"]).Skip(1).Select(p => p.ToString()));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(0, 30)]
    [InlineData(70, 30)]
    [InlineData(99, 1)]
    public void Blocks_AreTheColumns(int first, int count)
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, ["a"], ["clean"]);
        var point = GeometryPoints.Of(Bundle.Open(folder.Path))[0];
        var values = new float[count];
        foreach (var block in Enum.GetValues<GeometryBlock>())
        {
            point.Read(block, first, values);
            Assert.Equal(Enumerable.Range(first, count).Select(i => Value("a--clean--cpu", block.ToString().ToLowerInvariant(), i)), values);
        }
    }

    [Fact]
    public void SuitesOfOtherSamples_AreRefused_AndMapsTellThemApart()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, ["a", "b"], ["clean", "fog", "other"], shifted: "other");
        var bundle = Bundle.Open(folder.Path);
        var error = Assert.Throws<AuditException>(() => GeometryPoints.Of(bundle));
        Assert.Contains("suite 'other': found other samples; expected those of suite 'clean'", error.Message, StringComparison.Ordinal);
        Assert.Equal([["clean", "fog"], ["other"]], GeometryPoints.SuitesOfOneKind(bundle));
        Assert.Equal(4, GeometryPoints.Of(bundle, ["clean", "fog"]).Count);
    }

    [Fact]
    public void AnUnknownSuite_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, ["a"], ["clean"]);
        Assert.Contains("no suite 'snow'; expected one of clean", Assert.Throws<AuditException>(() => GeometryPoints.Of(Bundle.Open(folder.Path), ["snow"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheReport_ShowsTheMap_OfEverySetOfSuites()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, ["a", "b", "c"], ["clean", "fog", "other"], shifted: "other");
        var text = HtmlReport.Text(Bundle.Open(folder.Path));
        Assert.Contains("id=\"similarity\"", text, StringComparison.Ordinal);
        // Three models on two suites make a map of six; three points of the other suite are too few.
        Assert.Contains("Similarity map: 6 points in 2 suites", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Similarity map: 3 points", text, StringComparison.Ordinal);
        Assert.Equal(text, HtmlReport.Text(Bundle.Open(folder.Path)));
    }

    private static float Value(string cell, string column, int row) => (cell + column).Sum(c => c) % 97 + row % 10 * 0.5f;

    private static void Write(string folder, string[] variants, string[] suites, string without = "", string shifted = "")
    {
        var small = new SmallBundle { Variants = variants, Suites = suites };
        using var writer = BundleWriter.Create(folder, small.Manifest, resume: false);
        foreach (var suite in suites)
            writer.WriteSamples(suite, [.. Enumerable.Range(0, SmallBundle.Samples).Select(SmallBundle.Label)], [.. Enumerable.Range(suite == shifted ? 5 : 0, SmallBundle.Samples).Select(i => (long)i)],
                ["ant", "bee", "cat", "dog"], []);
        foreach (var cell in small.Manifest.Cells)
        {
            using var into = writer.Begin(cell);
            foreach (var column in cell.Id == without ? [] : new[] { "angle", "length", "margin" })
                into.Append(column, ElementType.Float, [SmallBundle.Samples], MemoryMarshal.AsBytes([.. Enumerable.Range(0, SmallBundle.Samples).Select(i => Value(cell.Id, column, i))]));
            into.Complete(new CellResult(SmallBundle.Samples, [new MetricSlice("all", "", SmallBundle.Samples, [])], []), new CellTiming([], []));
        }

        writer.Finish();
    }
}
