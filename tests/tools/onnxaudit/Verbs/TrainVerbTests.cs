using System.Text.Json;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Tools.Verbs;

/// <summary>train on the shipped model and a few drawn shapes.</summary>
public sealed class TrainVerbTests : IDisposable
{
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public TrainVerbTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_WritesAModelThatInspectReads_AndSaysWhatItDid()
    {
        var run = CliRun.Of([.. Common("out.onnx"), "--test", "synthetic:shapes#test[0:20]", "--label-smoothing", "0.1", "--weight-decay", "5e-4", "--nesterov", "--clip", "1", "--json"]);
        Assert.True(run.Code == 0, run.Error);
        Assert.DoesNotContain("\r", run.Error); // no progress line where stderr is no terminal
        using var document = JsonDocument.Parse(run.Out);
        var root = document.RootElement;
        Assert.Equal("onnxaudit.train/1", root.GetProperty("schema").GetString());
        var epoch = Assert.Single(root.GetProperty("epochs").EnumerateArray());
        Assert.InRange(epoch.GetProperty("test_accuracy").GetDouble(), 0.5, 1);
        Assert.Equal("train", root.GetProperty("recipe").GetProperty("operation").GetString());
        Assert.Equal(0, CliRun.Of("inspect", _folder.In("out.onnx")).Code);
    }

    [Fact]
    public void Text_HasARowAnEpoch()
    {
        var run = CliRun.Of(Common("out.onnx"));
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("trained from shapes_cnn.onnx", run.Out);
        Assert.Contains("accuracy", run.Out);
    }

    [Theory]
    [InlineData("--resume")]
    [InlineData("--early-stop", "2")]
    [InlineData("--lr", "fast")]
    [InlineData("--lr", "-1")]
    [InlineData("--optimizer", "adam", "--momentum", "0.5")]
    [InlineData("--optimizer", "rprop")]
    [InlineData("--schedule", "step")]
    [InlineData("--milestones", "3")]
    [InlineData("--augment", "blur")]
    [InlineData("--label-smoothing", "1")]
    [InlineData("--keep-zeros")]
    [InlineData("--keep-zeros", "--mask", "m.masks")]
    public void NonsenseOptions_AreUsageAndWriteNothing(params string[] options)
    {
        var run = CliRun.Of([.. Common("out.onnx"), .. options]);
        Assert.Equal(2, run.Code);
        Assert.StartsWith("error: ", run.Error);
        Assert.False(File.Exists(_folder.In("out.onnx")));
    }

    private string[] Common(string name) =>
        ["train", Model, "--data", "synthetic:shapes#train[0:48]", "--epochs", "1", "--lr", "0.001", "--batch", "16", "--threads", "1", "-o", _folder.In(name)];
}
