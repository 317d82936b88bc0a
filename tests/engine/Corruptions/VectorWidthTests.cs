using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OnnxAudit.Tests.Corruptions;

/// <summary>A suite made on one machine is the suite made on another.</summary>
public sealed class VectorWidthTests
{
    [Fact]
    public async Task Suites_AreTheSame_WithoutWideVectors()
    {
        var folder = Directory.CreateTempSubdirectory("onnxaudit-widths").FullName;
        try
        {
            await Write(Path.Combine(folder, "wide"), []);
            await Write(Path.Combine(folder, "narrow"), [("DOTNET_EnableAVX", "0"), ("DOTNET_EnableAVX2", "0")]);
            var files = Directory.GetFiles(Path.Combine(folder, "wide"), "*.npy");
            Assert.True(files.Length > 10);
            Assert.All(files, f => Assert.True(File.ReadAllBytes(f).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(folder, "narrow", Path.GetFileName(f)))), Path.GetFileName(f)));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static async Task Write(string folder, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "onnxaudit.exe" : "onnxaudit"),
            ["corrupt", "--data", "synthetic:shapes#test[0:3]", "--corruptions", "all", "-o", folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        Assert.True(process.ExitCode == 0, await output + await error);
    }
}
