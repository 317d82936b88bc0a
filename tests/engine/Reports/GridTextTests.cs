using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Tools;

namespace OnnxAudit.Tests.Reports;

public sealed class GridTextTests
{
    [Fact]
    public void AuditOfAGrid_SumsItUp_BySeverityAndCorruption_Within80Columns()
    {
        using var folder = new TemporaryFolder();
        var run = CliRun.At(80, "audit", Path.Combine(Design.SourceTree.Root, "models", "shapes_cnn.onnx"), "--data", "synthetic:shapes#test[0:20]", "--corruptions", "contrast,brightness", "--severities", "1,5",
            "--latency-runs", "0", "-o", Path.Combine(folder.Path, "bundle"));
        Assert.Equal(0, run.Code);
        var lines = run.Out.Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        Assert.Contains(lines, l => l.Contains("sev 1    sev 5     mean", StringComparison.Ordinal));
        Assert.Equal(["brightness", "contrast"], lines.Select(l => l.Trim().Split(' ')[0]).Where(w => w is "brightness" or "contrast").Order());
        Assert.DoesNotContain("brightness-5", run.Out, StringComparison.Ordinal);
    }
}
