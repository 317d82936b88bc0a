using System.Text.Json;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Tools.Verbs;

/// <summary>shrink on a command line.</summary>
public sealed class ShrinkVerbTests
{
    private static readonly string Demo = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");

    [Fact]
    public void Page_TellsCostLatencyLayersAndWhatStayed()
    {
        using var folder = new TemporaryFolder();
        var run = CliRun.At(100, "shrink", Demo, "--amount", "0.5", "--latency-runs", "2", "-o", Path.Combine(folder.Path, "half.onnx"));
        Assert.Equal(0, run.Code);
        Assert.Contains("note: Preprocessing settings of", run.Error, StringComparison.Ordinal);
        foreach (var part in new[] { "80 of 160 went", "FLOPs at batch 1", "latency, ms", "(median)", "they are the output 'logits'" }) Assert.Contains(part, run.Out, StringComparison.Ordinal);
        Assert.All(run.Out.Split('\n').Where(l => !l.Contains("recipe", StringComparison.Ordinal)), l => Assert.InRange(l.Length, 0, 100));
    }

    [Fact]
    public void Json_HasTheSameFacts()
    {
        using var folder = new TemporaryFolder();
        var run = CliRun.Of("shrink", Demo, "--amount", "0.25", "--criterion", "random", "--seed", "7", "--multiple-of", "8", "--latency-runs", "1", "--json", "-o", Path.Combine(folder.Path, "q.onnx"));
        Assert.Equal(0, run.Code);
        using var json = JsonDocument.Parse(run.Out);
        var root = json.RootElement;
        Assert.Equal("onnxaudit.shrink/1", root.GetProperty("schema").GetString());
        Assert.Equal([16, 24, 40, 48, 10], root.GetProperty("layers").EnumerateArray().Select(l => l.GetProperty("channelsAfter").GetInt32()));
        Assert.True(root.GetProperty("after").GetProperty("macs").GetInt64() < root.GetProperty("before").GetProperty("macs").GetInt64());
        Assert.True(root.GetProperty("after").GetProperty("latencyMedianMs").GetDouble() > 0);
    }

    [Theory]
    [InlineData(2, "--amount", "1.5")]
    [InlineData(2, "--amount", "0.5", "--criterion", "l3")]
    [InlineData(2, "--amount", "0.5", "--criterion", "taylor")]
    [InlineData(2, "--amount", "0.5", "--samples", "8")]
    [InlineData(2, "--criterion", "l1")]
    public void WrongOptions_AreUsageErrors(int code, params string[] options)
    {
        using var folder = new TemporaryFolder();
        var output = Path.Combine(folder.Path, "out.onnx");
        Assert.Equal(code, CliRun.Of(["shrink", Demo, "-o", output, .. options]).Code);
        Assert.False(File.Exists(output));
    }
}
