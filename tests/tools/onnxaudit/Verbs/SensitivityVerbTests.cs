using System.Text.Json;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Tools.Verbs;

/// <summary>sensitivity on the shipped model.</summary>
public sealed class SensitivityVerbTests
{
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");

    [Fact]
    public void Json_HoldsEveryLayerAndCommandsThatRun()
    {
        var run = CliRun.Of([.. Common, "--amounts", "0.5,0.9", "--latency-runs", "2", "--json"]);
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        var root = document.RootElement;
        Assert.Equal("onnxaudit.sensitivity/1", root.GetProperty("schema").GetString());
        var layers = root.GetProperty("layers").EnumerateArray().ToArray();
        Assert.All(layers, l => Assert.Equal(2, l.GetProperty("edits").GetArrayLength()));
        Assert.All(layers, l => Assert.True(l.GetProperty("edits")[0].GetProperty("latency_ms").GetDouble() > 0));
        var prune = root.GetProperty("prunes")[0];
        var output = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");
        try
        {
            var made = CliRun.Of([.. prune.GetProperty("command").EnumerateArray().Select(a => a.GetString()!), "-o", output]);
            Assert.True(made.Code == 0, made.Error);
        }
        finally
        {
            File.Delete(output);
        }
    }

    [Fact]
    public void Text_NamesVerdictsAndReadyPrunes()
    {
        var run = CliRun.Of([.. Common, "--patterns", "2:4", "--latency-runs", "0", "--tolerance", "100"]);
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("robust", run.Out);
        Assert.Contains("Nothing eligible", run.Out); // three input channels do not take 2:4
        Assert.Contains("onnxaudit prune", run.Out);
        Assert.DoesNotContain("0.7", run.Out.Split('\n').First(l => l.Contains("conv", StringComparison.OrdinalIgnoreCase)));
    }

    [Theory]
    [InlineData("--amounts", "0")]
    [InlineData("--amounts", "1")]
    [InlineData("--amounts", "some")]
    [InlineData("--amounts", "0.5,0.5")]
    [InlineData("--patterns", "4:2")]
    [InlineData("--method", "scores")]
    [InlineData("--tolerance", "-1")]
    [InlineData("--include", "nowhere")]
    public void NonsenseOptions_AreUsage(params string[] options)
    {
        var run = CliRun.Of([.. Common, .. options]);
        Assert.Equal(2, run.Code);
        Assert.StartsWith("error: ", run.Error);
    }

    private static string[] Common => ["sensitivity", Model, "--data", "synthetic:shapes#test[0:60]", "--threads", "1"];
}
