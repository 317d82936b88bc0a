using System.Diagnostics;
using System.Runtime.InteropServices;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Tools;

/// <summary>The built program as a process: exit codes, streams, signals.</summary>
public sealed partial class ProgramTests : IDisposable
{
    private const int Interrupt = 2;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, "--version")]
    [InlineData(0, "inspect", "--help")]
    [InlineData(2, "no-such-verb")]
    [InlineData(3, "inspect", "/no/such.onnx")]
    [InlineData(4, "devices", "--ort", "/no/such/library.so")]
    public async Task ExitCodes_ReachTheShell(int code, params string[] args)
    {
        var (exit, output, error) = await Run(args);
        Assert.True(exit == code, $"exit {exit}\n{error}");
        if (code is 2 or 3) Assert.Equal(("", true), (output, error.StartsWith("error: ", StringComparison.Ordinal)));
        else Assert.NotEqual("", output);
    }

    [Fact]
    public async Task RedirectedOutput_HoldsNoEscapeSequences()
    {
        var (exit, output, error) = await Run("inspect", Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx"));
        Assert.Equal(0, exit);
        Assert.DoesNotContain('\e', output + error);
        Assert.Contains("10 classes × 64 features", output);
    }

    [SkippableFact]
    public async Task CtrlC_KeepsFinishedCells_AndResumeGoesOn()
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are sent with kill(2)");
        string[] audit = ["audit", Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx"), "--method", "magnitude", "--amount", "0.05,0.1,0.15,0.2,0.25,0.3,0.35,0.4,0.45,0.5,0.55,0.6,0.65,0.7,0.75,0.8",
            "--data", "synthetic:shapes#test[0:1500]", "--latency-runs", "0", "--threads", "1", "-o", _folder.In("b")];
        using var process = Start(audit);
        var done = _folder.In("b/done");
        var patience = Stopwatch.StartNew();
        while (!(Directory.Exists(done) && Directory.EnumerateFiles(done).Any()) && !process.HasExited && patience.Elapsed < TimeSpan.FromMinutes(2)) await Task.Delay(5);
        Assert.False(process.HasExited, "the audit ended before it could be interrupted");
        Assert.Equal(0, Kill(process.Id, Interrupt));
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("finished work is kept", await process.StandardError.ReadToEndAsync());
        var kept = Directory.EnumerateFiles(done).Count();
        Assert.InRange(kept, 1, 16);
        var (exit, output, error) = await Run([.. audit, "--resume"]);
        Assert.True(exit == 0, error);
        Assert.Equal(17, Directory.EnumerateFiles(done).Count());
        Assert.Contains("digest", output);
    }

    [SkippableFact]
    public async Task CtrlC_InTraining_KeepsACheckpoint_AndResumeGoesOn()
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are sent with kill(2)");
        string[] train = ["train", Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx"), "--data", "synthetic:shapes#train[0:400]", "--batch", "8", "--lr", "0.001", "--threads", "1",
            "--epochs", "12", "--checkpoint", _folder.In("kept"), "-o", _folder.In("out.onnx")];
        using var process = Start(train);
        var patience = Stopwatch.StartNew();
        while (!File.Exists(_folder.In("kept/training.checkpoint")) && !process.HasExited && patience.Elapsed < TimeSpan.FromMinutes(2)) await Task.Delay(5);
        Assert.False(process.HasExited, "the training ended before it could be interrupted");
        Assert.Equal(0, Kill(process.Id, Interrupt));
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("--resume goes on from there", await process.StandardError.ReadToEndAsync());
        Assert.False(File.Exists(_folder.In("out.onnx")));
        var (exit, output, error) = await Run([.. train, "--resume"]);
        Assert.True(exit == 0, error);
        Assert.Contains("12 of 12 written", output);
    }

    private static Process Start(params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "onnxaudit.exe" : "onnxaudit"), args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return Process.Start(start)!;
    }

    private static async Task<(int Exit, string Output, string Error)> Run(params string[] args)
    {
        using var process = Start(args);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return (process.ExitCode, await output, await error);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
