using System.Text.Json;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Tools.Verbs;

/// <summary>retrain on the shipped model and a few drawn shapes.</summary>
public sealed class RetrainVerbTests : IDisposable
{
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public RetrainVerbTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Retrain_WritesEveryRoundAndSaysWhatItDid()
    {
        var run = CliRun.Of([.. Common, "--amount", "0.5", "--rounds", "2", "--ramp", "cubic", "--test", "synthetic:shapes#test[0:20]", "--keep-rounds", _folder.In("rounds"), "--teacher", Model, "--json"]);
        Assert.True(run.Code == 0, run.Error);
        Assert.DoesNotContain("\r", run.Error); // no progress line where stderr is no terminal
        using var document = JsonDocument.Parse(run.Out);
        var root = document.RootElement;
        Assert.Equal("onnxaudit.retrain/1", root.GetProperty("schema").GetString());
        var rounds = root.GetProperty("rounds").EnumerateArray().ToArray();
        Assert.Equal([0.4375, 0.5], rounds.Select(r => r.GetProperty("amount").GetDouble()));
        Assert.All(rounds, r => Assert.True(File.Exists(r.GetProperty("file").GetString())));
        Assert.All(rounds, r => Assert.InRange(r.GetProperty("epochs")[0].GetProperty("test_accuracy").GetDouble(), 0.3, 1));
        var tree = CliRun.Of("lineage", Model, _folder.In("rounds/round-1.onnx"), _folder.In("rounds/round-2.onnx"), _folder.In("out.onnx"));
        Assert.True(tree.Code == 0, tree.Error);
        Assert.Contains("retrain", tree.Out);
    }

    [Fact]
    public void Text_HasARowARound()
    {
        var run = CliRun.Of([.. Common, "--amount", "0.5", "--rounds", "2"]);
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("retrained from shapes_cnn.onnx", run.Out);
        Assert.Contains("0.2929", run.Out); // 1 - sqrt(1/2)
        Assert.Contains("0.5000", run.Out);
    }

    [Theory]
    [InlineData]
    [InlineData("--amount", "1")]
    [InlineData("--amount", "0")]
    [InlineData("--amount", "half")]
    [InlineData("--amount", "0.5", "--rounds", "0")]
    [InlineData("--amount", "0.5", "--ramp", "steep")]
    [InlineData("--amount", "0.5", "--method", "nonsense")]
    [InlineData("--amount", "0.5", "--samples", "10")]
    [InlineData("--amount", "0.5", "--temperature", "3")]
    [InlineData("--amount", "0.5", "--keep-zeros")]
    [InlineData("--amount", "0.5", "--resume")]
    [InlineData("--amount", "0.5", "--epochs", "0")]
    public void NonsenseOptions_AreUsageAndWriteNothing(params string[] options)
    {
        var run = CliRun.Of([.. options.Contains("--epochs") ? Common.Where(o => o is not ("--epochs" or "1")) : Common, .. options]);
        Assert.Equal(2, run.Code);
        Assert.StartsWith("error: ", run.Error);
        Assert.False(File.Exists(_folder.In("out.onnx")));
    }

    private string[] Common =>
        ["retrain", Model, "--data", "synthetic:shapes#train[0:48]", "--epochs", "1", "--lr", "0.001", "--batch", "16", "--threads", "2", "-o", _folder.In("out.onnx")];
}
