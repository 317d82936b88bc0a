using System.Text.Json;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Tools.Verbs;

/// <summary>tickets on the shipped model and a few drawn shapes.</summary>
public sealed class TicketsVerbTests : IDisposable
{
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public TicketsVerbTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tickets_WritesAModelThatInspectAndPruneRead()
    {
        var run = CliRun.Of([.. Line("out.onnx", "0.5"), "--test", "synthetic:shapes#test[0:20]", "--scores-out", _folder.In("s.npz"), "--json"]);
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        var root = document.RootElement;
        Assert.Equal("onnxaudit.tickets/1", root.GetProperty("schema").GetString());
        Assert.Equal("tickets", root.GetProperty("recipe").GetProperty("operation").GetString());
        Assert.Equal([216, 2304, 6912, 13824, 320], root.GetProperty("layers").EnumerateArray().Select(l => l.GetProperty("kept").GetInt32()).ToArray());
        Assert.Single(root.GetProperty("epochs").EnumerateArray());
        var inspected = CliRun.Of("inspect", _folder.In("out.onnx"));
        Assert.Contains("50.00 %", inspected.Out);
        var pruned = CliRun.Of("prune", Model, "--method", "scores", "--scores", _folder.In("s.npz"), "--amount", "0.9", "-o", _folder.In("pruned.onnx"));
        Assert.True(pruned.Code == 0, pruned.Error);
    }

    [Fact]
    public void APackedTicket_IsInspectedWithItsHead()
    {
        var run = CliRun.Of([.. Line("packed.onnx", "0.9"), "--scope", "global", "--ramp", "0", "--packed", "--learn-batchnorm"]);
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("a ticket of shapes_cnn.onnx", run.Out);
        Assert.Contains("4,716 of 47,152 kept", run.Out);
        var inspected = CliRun.Of("inspect", _folder.In("packed.onnx"));
        Assert.True(inspected.Code == 0, inspected.Error);
        Assert.Contains("10 classes", inspected.Out);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("-0.1")]
    [InlineData("half")]
    [InlineData("0.5", "--method", "supermask")]
    [InlineData("0.5", "--ramp", "1")]
    [InlineData("0.9", "--scope", "global", "--ramp", "1")]
    [InlineData("0.5", "--method", "edge-popup", "--weights", "kaiming-normal", "--packed")]
    [InlineData("0", "--scale-fan", "code")]
    [InlineData("0.5", "--resume")]
    [InlineData("0.5", "--early-stop", "2")]
    [InlineData("0.5", "--keep-zeros")]
    [InlineData("0.5", "--init", "he")]
    public void NonsenseOptions_AreUsageAndWriteNothing(string amount, params string[] options)
    {
        var run = CliRun.Of([.. Line("out.onnx", amount), .. options]);
        Assert.Equal(2, run.Code);
        Assert.StartsWith("error: ", run.Error);
        Assert.False(File.Exists(_folder.In("out.onnx")));
    }

    private string[] Line(string name, string amount) =>
        ["tickets", Model, "--data", "synthetic:shapes#train[0:48]", "--amount", amount, "--epochs", "1", "--batch", "16", "--threads", "1", "-o", _folder.In(name)];
}
