using System.Diagnostics;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Runs;

namespace OnnxAudit.Tests.Tools;

/// <summary>The program killed with SIGKILL in the middle of an audit, and gone on with: nothing shows that it was.</summary>
public sealed class KilledRunTests
{
    private const int Cells = 8;

    [Fact]
    public void KilledAnywhere_ThenResumed_TheBundleIsTheUninterruptedOne()
    {
        using var models = new TemporaryFolder();
        using var whole = new TemporaryFolder();
        using var killed = new TemporaryFolder();
        var model = TinyClassifier.Write(models.Path);
        Assert.Equal(0, Finish(Start(model, whole.Path)));

        var kills = 0;
        for (var wanted = 1; wanted < Cells - 1; wanted += 2)
        {
            using var process = Start(model, killed.Path, "--resume");
            WaitForMarkers(process, killed.In("done"), wanted);
            if (process.HasExited) break;
            Thread.Sleep(7 * wanted);
            process.Kill();
            process.WaitForExit();
            kills++;
        }

        Assert.True(kills >= 2, $"only {kills} runs lived long enough to be killed");
        Assert.Equal(0, Finish(Start(model, killed.Path, "--resume")));
        TemporaryFolder.AssertSame(whole, killed);
    }

    private static Process Start(string model, string bundle, params string[] more)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] args =
        [
            Path.Combine(AppContext.BaseDirectory, "onnxaudit.dll"), "audit", model, "--method", "magnitude", "--amount", "0.1,0.2,0.3,0.4,0.5,0.6,0.7",
            "--data", "synthetic:shapes", "--threads", "1", "-o", bundle, .. more,
        ];
        foreach (var arg in args) start.ArgumentList.Add(arg);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static int Finish(Process process)
    {
        using (process)
        {
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error);
            return process.ExitCode;
        }
    }

    private static void WaitForMarkers(Process process, string folder, int count)
    {
        while (!process.HasExited && (!Directory.Exists(folder) || Directory.GetFiles(folder).Count(f => !Path.GetFileName(f).StartsWith('.')) < count)) Thread.Sleep(1);
    }
}
