using System.Text.Json;
using System.Xml.Linq;
using OnnxAudit.Tests.Bundles;

namespace OnnxAudit.Tests.Tools.Verbs;

/// <summary>check, report and merge on a made-up bundle.</summary>
public sealed class BundleVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _bundle;

    public BundleVerbTests()
    {
        Directory.CreateDirectory(_folder.Path);
        _bundle = _folder.In("bundle");
        new SmallBundle().Run(_bundle);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Check_PassesAndFails_ByItsExitCode()
    {
        Assert.Equal(0, CliRun.Of("check", _bundle, "--policy", Policy("min: 0.5")).Code);
        var failed = CliRun.Of("check", _bundle, "--policy", Policy("min: 0.99"));
        Assert.Equal(1, failed.Code);
        Assert.Contains("FAIL: dense--clean--cpu × floor", failed.Out);
    }

    [Fact]
    public void Check_WritesJUnitAndJson()
    {
        var (junit, json) = (_folder.In("junit.xml"), _folder.In("check.json"));
        Assert.Equal(1, CliRun.Of("check", _bundle, "--policy", Policy("min: 0.99"), "--junit", junit, "--json", json).Code);
        Assert.Equal(4, XDocument.Load(junit).Descendants("testcase").Count());
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        Assert.Equal("onnxaudit.check/1", document.RootElement.GetProperty("schema").GetString());
        using var printed = JsonDocument.Parse(CliRun.Of("check", _bundle, "--policy", Policy("min: 0.99"), "--json").Out);
        Assert.Equal("onnxaudit.check/1", printed.RootElement.GetProperty("schema").GetString());
    }

    [Fact]
    public void Check_AgainstItself_Passes() =>
        Assert.Equal(0, CliRun.Of("check", _bundle, "--baseline", _bundle, "--policy", Write("rules:\n- name: same\n  metric: accuracy\n  relative: { max_drop: 0 }\n")).Code);

    [Fact]
    public void Report_HoldsFiguresAndVerdicts()
    {
        var path = _folder.In("out/report.html");
        var run = CliRun.Of("report", _bundle, "-o", path, "--policy", Policy("min: 0.99"));
        Assert.Equal((0, $"report: {path}\n"), (run.Code, run.Out));
        var html = File.ReadAllText(path);
        Assert.Contains("✗ fail", html);
        Assert.Contains("magnitude-0.50", html);
        Assert.Contains(new string('a', 64), html);
    }

    [Fact]
    public void Report_OfADamagedBundle_Exits3_AndWritesNothing()
    {
        var column = Directory.EnumerateFiles(_bundle, "correct.npy.lz4", SearchOption.AllDirectories).First();
        var bytes = File.ReadAllBytes(column);
        bytes[^6] ^= 1;
        File.WriteAllBytes(column, bytes);
        var path = _folder.In("report.html");
        var run = CliRun.Of("report", _bundle, "-o", path);
        Assert.Equal(3, run.Code);
        Assert.Contains("correct.npy.lz4", run.Error);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Merge_JoinsShards()
    {
        new SmallBundle { Shard = "0/2" }.Run(_folder.In("s0"));
        new SmallBundle { Shard = "1/2" }.Run(_folder.In("s1"));
        var run = CliRun.Of("merge", _folder.In("s1"), _folder.In("s0"), "-o", _folder.In("whole"), "--json");
        Assert.Equal(0, run.Code);
        using var document = JsonDocument.Parse(run.Out);
        Assert.Equal(4, document.RootElement.GetProperty("cells").GetArrayLength());
        Assert.Equal(0, document.RootElement.GetProperty("missing").GetArrayLength());
    }

    [Fact]
    public void Merge_ReplacesABundle_OnlyWhenAsked()
    {
        // "merge s0 s1 -o precious" replaced a finished bundle without a word, where audit asks for --overwrite.
        // Merge asks too now.
        new SmallBundle { Shard = "0/2" }.Run(_folder.In("s0"));
        new SmallBundle { Shard = "1/2" }.Run(_folder.In("s1"));
        new SmallBundle { Variants = ["dense", "precious"] }.Run(_bundle);
        var before = File.ReadAllText(Path.Combine(_bundle, "manifest.json"));
        var refused = CliRun.Of("merge", _folder.In("s0"), _folder.In("s1"), "-o", _bundle);
        Assert.Equal(2, refused.Code);
        Assert.Contains("--overwrite", refused.Error);
        Assert.Equal(before, File.ReadAllText(Path.Combine(_bundle, "manifest.json")));
        Assert.Equal(0, CliRun.Of("merge", _folder.In("s0"), _folder.In("s1"), "-o", _bundle, "--overwrite").Code);
        Assert.DoesNotContain("precious", File.ReadAllText(Path.Combine(_bundle, "manifest.json")));
    }

    [Fact]
    public void Report_ToTheRootFolder_IsABadRequest() => Assert.Equal(2, CliRun.Of("report", _bundle, "-o", "/").Code);

    private string Policy(string limit) => Write($"rules:\n- name: floor\n  metric: accuracy\n  limit: {{ {limit} }}\n");

    private string Write(string yaml)
    {
        var path = _folder.In("policy.yaml");
        File.WriteAllText(path, yaml);
        return path;
    }
}
