using System.Text.Json;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Tools.Verbs;

public sealed class CorruptVerbTests
{
    private const string Data = "synthetic:shapes#test[0:12]";

    [Fact]
    public void Suite_IsWritten_AndListedByAudit()
    {
        using var folder = new TemporaryFolder();
        var suite = Path.Combine(folder.Path, "suite");
        var run = CliRun.Of("corrupt", "--data", Data, "--corruptions", "contrast,brightness", "-o", suite, "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal(["brightness.npy", "contrast.npy", "labels.npy"], json.RootElement.GetProperty("files").EnumerateObject().Select(f => f.Name));
        Assert.Equal(12 * 5, json.RootElement.GetProperty("samples").GetInt32() * 5);
        Assert.Equal(2, CliRun.Of("corrupt", "--data", Data, "--corruptions", "contrast,brightness", "-o", suite).Code);
        Assert.Equal(0, CliRun.Of("corrupt", "--data", Data, "--corruptions", "contrast,brightness", "-o", suite, "--resume").Code);
    }

    [Theory]
    [InlineData(2, "fogg")]
    [InlineData(2, "contrast,contrast")]
    public void WrongCorruptions_AreUsageErrors(int code, string names)
    {
        using var folder = new TemporaryFolder();
        var run = CliRun.Of("corrupt", "--data", Data, "--corruptions", names, "-o", folder.Path);
        Assert.Equal(code, run.Code);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AuditsGrid_NeedsCorruptionsForSeverities() =>
        Assert.Equal(2, CliRun.Of("audit", "m.onnx", "--data", Data, "--severities", "1", "-o", "b").Code);
}
