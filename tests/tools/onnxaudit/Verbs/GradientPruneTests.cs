using System.Text.Json;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Tools.Verbs;

/// <summary>prune with methods that take gradients over data.</summary>
public sealed class GradientPruneTests
{
    private const string Data = "synthetic:shapes#train[0:48]";

    [Theory]
    [InlineData("taylor")]
    [InlineData("fisher")]
    [InlineData("hessian")]
    [InlineData("snip")]
    public void GradientMask_RemovesItsShare_AndRecordsSamplesAndData(string method)
    {
        using var folder = new TemporaryFolder();
        var pruned = Path.Combine(folder.Path, "pruned.onnx");
        var run = CliRun.Of("prune", Demo, "--method", method, "--amount", "0.5", "--data", Data, "--samples", "16", "--seed", "3", "--json", "-o", pruned);
        Assert.Equal(0, run.Code);
        var zeros = OnnxReader.Read(pruned).Graph.Initializers.Where(v => v.Initializer!.Rank > 1).Sum(v => v.Initializer!.Span<float>().Count(0f));
        Assert.Equal(23_576, zeros); // half of the weights that a convolution or the classifier multiplies
        using var inspected = JsonDocument.Parse(CliRun.Of("inspect", pruned, "--json").Out);
        var parameters = inspected.RootElement.GetProperty("recipe").GetProperty("parameters").GetRawText();
        foreach (var fact in new[] { method, "16", "shapes-train-0-48", "sha256:" }) Assert.Contains(fact, parameters, StringComparison.Ordinal);
        var again = Path.Combine(folder.Path, "again.onnx");
        Assert.Equal(0, CliRun.Of("prune", Demo, "--method", method, "--amount", "0.5", "--data", Data, "--samples", "16", "--seed", "3", "-o", again).Code);
        Assert.Equal(File.ReadAllBytes(pruned), File.ReadAllBytes(again));
    }

    [Theory]
    [InlineData("--method taylor")]
    [InlineData("--method magnitude --data synthetic:shapes")]
    [InlineData("--method taylor --probes 32 --data synthetic:shapes")]
    [InlineData("--method hessian --probes 8 --data synthetic:shapes")]
    [InlineData("--method taylor --samples 0 --data synthetic:shapes")]
    public void OptionsThatDoNotGoTogether_AreUsageErrors_AndWriteNothing(string options)
    {
        using var folder = new TemporaryFolder();
        var pruned = Path.Combine(folder.Path, "pruned.onnx");
        var run = CliRun.Of(["prune", Demo, "--amount", "0.5", "-o", pruned, .. options.Split(' ')]);
        Assert.Equal(2, run.Code);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(pruned));
    }

    private static string Demo => Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
}
