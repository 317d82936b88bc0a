using System.Diagnostics;
using System.Text.Json;
using OnnxAudit.Kernels.OpenCl;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Tools.Verbs;

/// <summary>audit on the shipped model and a few drawn shapes.</summary>
public sealed class AuditVerbTests : IDisposable
{
    private const string Data = "synthetic:shapes#test[0:60]";
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public AuditVerbTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Audit_OfMasks_GivesACellEach()
    {
        var run = CliRun.Of("audit", Model, "--method", "magnitude,random", "--amount", "0.2,0.8", "--data", Data, "-o", _folder.In("b"), "--latency-runs", "0", "--json");
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        var cells = document.RootElement.GetProperty("cells").EnumerateArray().ToArray();
        Assert.Equal(["shapes_cnn", "shapes_cnn-magnitude-0.20", "shapes_cnn-magnitude-0.80", "shapes_cnn-random-0.20-s0", "shapes_cnn-random-0.80-s0"], cells.Select(c => c.GetProperty("variant").GetString()));
        Assert.Equal(0.8, cells[2].GetProperty("metrics").GetProperty("sparsity").GetDouble(), 3);
        Assert.Contains("preprocessing from", run.Error);
    }

    [Fact]
    public void Plan_AndCommandLine_GiveTheSameBundle()
    {
        File.WriteAllText(_folder.In("plan.yaml"), $"models:\n- path: {Model}\n  masks: [{{method: magnitude, amount: 0.5}}]\ndata: {Data}\nbatch: 16\nlatency_runs: 0\n");
        Assert.Equal(0, CliRun.Of("audit", "--plan", _folder.In("plan.yaml"), "-o", _folder.In("a"), "--json").Code);
        Assert.Equal(0, CliRun.Of("audit", Model, "--method", "magnitude", "--amount", "0.5", "--data", Data, "--batch", "16", "--latency-runs", "0", "-o", _folder.In("b"), "--json").Code);
        Assert.Equal(Digest(_folder.In("a")), Digest(_folder.In("b")));
    }

    [SkippableFact]
    public void OpenClKernels_GiveTheFiguresOfTheProcessors()
    {
        Skip.IfNot(OpenClDevice.WhyNone is null, $"no OpenCL device: {OpenClDevice.WhyNone}");
        string[] timed = ["latency.", "run.", "throughput."];
        var (device, processor) = (Metrics("opencl"), Metrics("managed"));
        Assert.Contains(processor.Keys, name => name.StartsWith("margin", StringComparison.Ordinal));
        Assert.Equal(processor.Keys, device.Keys);
        // A float ulp of a length, margin or angle, and what averaging makes of it.
        Assert.All(processor, m => Assert.Equal(m.Value, device[m.Key], 1e-5 * (1 + Math.Abs(m.Value))));
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.In("opencl"), "manifest.json")));
        Assert.Equal("opencl", manifest.RootElement.GetProperty("kernels").GetProperty("geometry").GetString());
        Assert.Equal(OpenClDevice.Choose(null).Text, manifest.RootElement.GetProperty("kernels").GetProperty("opencl").GetString());

        SortedDictionary<string, double> Metrics(string kernels)
        {
            var run = CliRun.Of("audit", Model, "--data", Data, "-o", _folder.In(kernels), "--latency-runs", "0", "--json", "--kernels", kernels);
            Assert.True(run.Code == 0, run.Error);
            using var document = JsonDocument.Parse(run.Out);
            var metrics = document.RootElement.GetProperty("cells")[0].GetProperty("metrics").EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Number && !timed.Any(t => p.Name.StartsWith(t, StringComparison.Ordinal)));
            return new(metrics.ToDictionary(p => p.Name, p => p.Value.GetDouble()), StringComparer.Ordinal);
        }
    }

    /// <summary>A machine whose loader knows no driver: its list of drivers is an empty folder.</summary>
    [SkippableFact]
    public void OpenClWithoutADevice_Exits4_AndFallsBackOnlyWhenAskedTo()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "OCL_ICD_VENDORS is of Linux's loaders");
        var (code, error) = Exit("opencl");
        Assert.Equal(4, code);
        Assert.Contains("--kernels opencl: found ", error);
        Assert.Contains("expected an OpenCL device. Install its driver", error);
        Assert.Equal(0, Exit("opencl,managed").Code);

        (int Code, string Error) Exit(string kernels)
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
            start.Environment["OCL_ICD_VENDORS"] = _folder.Path;
            string[] args = [Path.Combine(AppContext.BaseDirectory, "onnxaudit.dll"), "audit", Model, "--data", Data, "-o", _folder.In("b"), "--latency-runs", "0", "--json", "--kernels", kernels];
            foreach (var arg in args) start.ArgumentList.Add(arg);
            using var process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, said);
        }
    }

    [Fact]
    public void CommandLine_WinsOverThePlan()
    {
        File.WriteAllText(_folder.In("plan.yaml"), $"models: {Model}\ndata: {Data}\nbatch: 16\nlatency_runs: 0\n");
        Assert.Equal(0, CliRun.Of("audit", "--plan", _folder.In("plan.yaml"), "--batch", "20", "-o", _folder.In("a")).Code);
        using var manifest = JsonDocument.Parse(File.ReadAllText(_folder.In("a/manifest.json")));
        Assert.Equal(20, manifest.RootElement.GetProperty("batch").GetInt32());
    }

    [Fact]
    public void Shards_Merge_IntoTheUnshardedBundle()
    {
        string[] audit = ["audit", Model, "--method", "magnitude", "--amount", "0.3,0.6", "--data", Data, "--latency-runs", "0"];
        Assert.Equal(0, CliRun.Of([.. audit, "-o", _folder.In("whole")]).Code);
        Assert.Equal(0, CliRun.Of([.. audit, "--shard", "0/2", "-o", _folder.In("s0")]).Code);
        Assert.Equal(0, CliRun.Of([.. audit, "--shard", "1/2", "-o", _folder.In("s1")]).Code);
        Assert.Equal(0, CliRun.Of("merge", _folder.In("s0"), _folder.In("s1"), "-o", _folder.In("merged")).Code);
        Assert.Equal(Digest(_folder.In("whole")), Digest(_folder.In("merged")));
    }

    [Theory]
    [InlineData(2, "--method", "magnitude")]
    [InlineData(2, "--include", "conv*")]
    [InlineData(2, "--exclude", "conv*")]
    [InlineData(2, "--scope", "layer")]
    [InlineData(2, "--shard", "2/2")]
    [InlineData(2, "--kernels", "no-such-form")]
    [InlineData(2, "--batch", "0")]
    [InlineData(2, "--device-option", "novalue")]
    [InlineData(2, "--head", "no-such-node")]
    [InlineData(3, "--preprocess", "/no/such.json")]
    [InlineData(3, "--groups", "/no/such.csv")]
    [InlineData(3, "--metrics", "/no/such.csv")]
    [InlineData(3, "--plan", "/no/such.yaml")]
    [InlineData(4, "--device", "no-such-provider")]
    public void WrongOptions_ExitWithTheirCode_BeforeAnyWork(int code, params string[] options)
    {
        var run = CliRun.Of(["audit", Model, "--data", Data, "-o", _folder.In("b"), .. options]);
        Assert.True(run.Code == code, $"exit {run.Code}: {run.Error}");
        Assert.Equal("", run.Out);
        Assert.DoesNotContain("internal error", run.Error);
        Assert.False(Directory.Exists(_folder.In("b/cells")) && Directory.EnumerateFileSystemEntries(_folder.In("b/done")).Any());
    }

    [Fact]
    public void Audit_WithoutModelOrData_Exits2()
    {
        Assert.Equal(2, CliRun.Of("audit", "--data", Data, "-o", _folder.In("b")).Code);
        Assert.Equal(2, CliRun.Of("audit", Model, "-o", _folder.In("b")).Code);
    }

    [Fact]
    public void SecondRun_IntoTheSameFolder_NeedsResumeOrOverwrite()
    {
        string[] audit = ["audit", Model, "--data", Data, "--latency-runs", "0", "-o", _folder.In("b")];
        Assert.Equal(0, CliRun.Of(audit).Code);
        var digest = Digest(_folder.In("b"));
        Assert.Equal(2, CliRun.Of(audit).Code);
        Assert.Equal(0, CliRun.Of([.. audit, "--overwrite"]).Code);
        Assert.Equal(0, CliRun.Of([.. audit, "--resume"]).Code);
        Assert.Equal(digest, Digest(_folder.In("b")));
    }

    [Fact]
    public void WhatWasLeftOut_IsRemarked_BeforeTheRun()
    {
        File.WriteAllText(_folder.In("groups.csv"), "sample,group\n3,night\n70,night\n");
        var run = CliRun.Of("audit", Model, "--data", Data, "--groups", _folder.In("groups.csv"), "--latency-runs", "0", "-o", _folder.In("b"), "--json");
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("1 rows of", run.Error);
    }

    private static string Digest(string bundle)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(bundle, "manifest.json")));
        return manifest.RootElement.GetProperty("digest").GetString()!;
    }
}
