using System.Text.Json;
using OnnxAudit.Bundles;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Tools.Verbs;

/// <summary>saliency on the shipped model and a few drawn shapes.</summary>
public sealed class SaliencyVerbTests : IDisposable
{
    private const string Data = "synthetic:shapes#test[0:60]";
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public SaliencyVerbTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Saliency_WritesProfilesAndStatistics_AndFindsNeighbours()
    {
        var run = CliRun.Of("saliency", Model, "--data", Data, "--latency-runs", "0", "--query", "3,7", "--neighbours", "2", "-o", _folder.In("b"), "--json");
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        var cell = document.RootElement.GetProperty("cells")[0];
        Assert.Equal([16, 32, 48, 64], cell.GetProperty("layers").EnumerateArray().Select(l => l.GetProperty("filters").GetInt32()));
        Assert.Equal([2, 2], cell.GetProperty("neighbours").EnumerateArray().Select(n => n.GetProperty("nearest").GetArrayLength()));
        var bundle = Bundle.Open(_folder.In("b"));
        var made = bundle.Cells[0];
        Assert.Equal([60L, 160], bundle.Column(made.Cell, "saliency").Dims.ToArray());
        var (profiles, mean) = (bundle.Column(made.Cell, "saliency").Span<float>().ToArray(), bundle.Column(made.Cell, "saliency_mean").Span<double>().ToArray());
        Assert.Equal(160, mean.Length);
        Assert.Equal(Enumerable.Range(0, 60).Average(n => (double)profiles[n * 160 + 5]), mean[5], 9);
        Assert.Contains(made.Result.Slices[0].Metrics, m => m.Key == "saliency.mean" && m.Value > 0);
        Assert.Equal(160, made.Result.Layers.Sum(l => l.Filters));
    }

    [Fact]
    public void SamePlan_RunAgainOrResumed_GivesTheSameBytes()
    {
        string[] common = ["saliency", Model, "--data", Data, "--latency-runs", "0", "--json"];
        Assert.Equal(0, CliRun.Of([.. common, "-o", _folder.In("a")]).Code);
        Assert.Equal(0, CliRun.Of([.. common, "-o", _folder.In("b")]).Code);
        Assert.Equal(0, CliRun.Of([.. common, "--resume", "-o", _folder.In("b")]).Code);
        Assert.Equal(Bundle.Open(_folder.In("a")).Digest, Bundle.Open(_folder.In("b")).Digest);
    }

    [Fact]
    public void BundleThere_AndWrongRows_AreUsage()
    {
        Assert.Equal(0, CliRun.Of("saliency", Model, "--data", Data, "--latency-runs", "0", "-o", _folder.In("b"), "--json").Code);
        Assert.Equal(2, CliRun.Of("saliency", Model, "--data", Data, "-o", _folder.In("b")).Code);
        Assert.Equal(2, CliRun.Of("saliency", Model, "--data", Data, "--query", "x", "-o", _folder.In("c")).Code);
        var beyond = CliRun.Of("saliency", Model, "--data", Data, "--query", "60", "-o", _folder.In("d"));
        Assert.Equal(2, beyond.Code);
        Assert.Contains("0 to 59", beyond.Error);
    }
}
