using System.Text.Json;
using OnnxAudit.Bundles;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Tools.Verbs;

/// <summary>analyze and compare on the shipped model, its masks and a few drawn shapes, one of them foggy.</summary>
public sealed class AnalyzeVerbTests : IDisposable
{
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public AnalyzeVerbTests()
    {
        Directory.CreateDirectory(_folder.Path);
        var run = CliRun.Of("audit", Model, "--data", "synthetic:shapes#test[0:80]", "--method", "magnitude", "--amount", "0.5,0.9", "--corruptions", "fog", "--severities", "3",
            "--latency-runs", "0", "-o", _folder.In("b"), "--json");
        Assert.True(run.Code == 0, run.Error);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Analyze_PrintsAndKeepsTheSameTables()
    {
        var run = CliRun.Of("analyze", _folder.In("b"), "--replicates", "50", "--json");
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        var root = document.RootElement;
        Assert.Equal("onnxaudit.analysis/1", root.GetProperty("schema").GetString());
        Assert.Equal(6, root.GetProperty("correlations").GetArrayLength());
        Assert.Equal(["shapes_cnn", "shapes_cnn-magnitude-0.50", "shapes_cnn-magnitude-0.90"], root.GetProperty("corruptions").EnumerateArray().Select(c => c.GetProperty("variant").GetString()!));
        var kept = JsonDocument.Parse(File.ReadAllText(_folder.In("b/analysis/default/analysis.json"))).RootElement;
        foreach (var field in root.EnumerateObject()) Assert.Equal(field.Value.GetRawText().Length > 0, kept.TryGetProperty(field.Name, out _));
        Assert.Equal(root.GetProperty("tallies").GetRawText(), kept.GetProperty("tallies").GetRawText());
        var text = CliRun.Of("analyze", _folder.In("b"), "--replicates", "50");
        foreach (var heading in new[] { "Correlation with", "Mean corruption error", "Exemplars", "Behaviour against the base" }) Assert.Contains(heading, text.Out);
        Assert.Equal(Bundle.Open(_folder.In("b")).Digest, root.GetProperty("bundle").GetString());
    }

    [Fact]
    public void Similarity_MapsEveryVariantOnEverySuite()
    {
        var run = CliRun.Of("analyze", _folder.In("b"), "--replicates", "10", "--similarity", "--layout", "mds", "--scaling", "standardised", "--json");
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        var map = document.RootElement.GetProperty("similarity");
        Assert.Equal((6, 2, "mds", "block-standardised"), (map.GetProperty("points").GetArrayLength(), map.GetProperty("trees").GetArrayLength(), map.GetProperty("layout").GetString(), map.GetProperty("scaling").GetString()));
        Assert.Equal(map.GetRawText().Length > 0, JsonDocument.Parse(File.ReadAllText(_folder.In("b/analysis/default/analysis.json"))).RootElement.TryGetProperty("similarity", out _));
        Assert.Contains("Similarity of 3 models on 2 suites", CliRun.Of("analyze", _folder.In("b"), "--replicates", "10", "--similarity").Out);
        var stray = CliRun.Of("analyze", _folder.In("b"), "--layout", "mds");
        Assert.Equal(2, stray.Code);
        Assert.Contains("--layout without --similarity", stray.Error);
    }

    [Fact]
    public void Cka_IsOneBesideItself_AndFallsWithThePruning()
    {
        var run = CliRun.Of("analyze", _folder.In("b"), "--replicates", "10", "--cka", "--json");
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        var table = Assert.Single(document.RootElement.GetProperty("cka").EnumerateArray());
        var values = table.GetProperty("values");
        Assert.Equal(3, table.GetProperty("models").GetArrayLength());
        Assert.Equal(1, values[0][0].GetDouble());
        Assert.InRange(values[0][2].GetDouble(), 0, values[0][1].GetDouble());
        Assert.Contains("Linear CKA of the features on", CliRun.Of("analyze", _folder.In("b"), "--replicates", "10", "--cka").Out);
    }

    [Fact]
    public void Compare_SetsVariantsSideBySide()
    {
        var run = CliRun.Of("compare", _folder.In("b"), "--base", "shapes_cnn", "--against", "shapes_cnn-magnitude-0.90", "--json");
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        var comparisons = document.RootElement.GetProperty("comparisons");
        Assert.Equal(2, comparisons.GetArrayLength());
        var all = comparisons[0].GetProperty("slices")[0];
        var correctness = all.GetProperty("metrics").GetProperty("correctness");
        Assert.Equal((all.GetProperty("gained").GetInt32() - all.GetProperty("lost").GetInt32()) / 80.0, correctness.GetProperty("comparison").GetDouble(), 1e-9);
        Assert.Equal(80, comparisons[0].GetProperty("transitions").EnumerateArray().Sum(t => t.GetProperty("samples").GetInt32()));
        var text = CliRun.At(100, "compare", _folder.In("b"), "--against", "shapes_cnn-magnitude-0.90");
        Assert.Contains("both right", text.Out);
        Assert.All(text.Out.Split('\n'), line => Assert.True(line.Length <= 130, line));
    }

    /// <summary>A bundle against itself under another name: nothing has changed.</summary>
    [Fact]
    public void Compare_OfABundleWithItsCopy_FindsNothing()
    {
        var run = CliRun.Of("compare", _folder.In("b"), _folder.In("b"), "--suite", "synthetic-shapes-test-0-80", "--json");
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        Assert.All(document.RootElement.GetProperty("comparisons").EnumerateArray(), c => Assert.Equal(0, c.GetProperty("changed_instances").GetArrayLength()));
    }

    [Fact]
    public void WrongNamesAndFolders_HaveTheirCodes()
    {
        Assert.Equal(2, CliRun.Of("compare", _folder.In("b"), "--base", "nobody").Code);
        Assert.Equal(2, CliRun.Of("compare", _folder.In("b"), "--suite", "nowhere").Code);
        Assert.Equal(2, CliRun.Of("analyze", _folder.In("b"), "--name", "../out").Code);
        Assert.Equal(2, CliRun.Of("analyze", _folder.In("b"), "--replicates", "0").Code);
        Assert.Equal(2, CliRun.Of("analyze", _folder.In("b"), "--reference", "nobody").Code);
        Assert.Equal(3, CliRun.Of("analyze", _folder.In("none")).Code);
        Assert.Equal(3, CliRun.Of("compare", _folder.In("none")).Code);
    }
}
