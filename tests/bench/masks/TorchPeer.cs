using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace OnnxAudit.Bench.Masking;

/// <summary>The peer's result: what it is, its best time, and its kept bits per layer.</summary>
internal sealed record TorchResult(string Version, double Seconds, byte[][] Bits);

/// <summary>PyTorch's global_unstructured (peer_torch.py) on the same weights.</summary>
internal static class TorchPeer
{
    /// <summary>Runs the peer; null, with the reason, when Python or torch is missing or fails.</summary>
    internal static TorchResult? Run(Layers layers, double amount, int rounds, int threads, string script, out string reason)
    {
        reason = "no Python with torch (Debian: apt-get install python3-torch libopenblas0-pthread)";
        var python = Array.Find(["/usr/bin/python3", "python3"], p => Execute(p, ["-c", "import torch, numpy"]).Code == 0);
        if (python is null) return null;
        var folder = Directory.CreateTempSubdirectory("oa-bench-masks-").FullName;
        try
        {
            var (weights, bits) = (Path.Combine(folder, "weights.f32"), Path.Combine(folder, "mask.bits"));
            using (var file = File.Create(weights)) file.Write(MemoryMarshal.AsBytes(layers.Values.AsSpan()));
            var (code, output, error) = Execute(python,
                [script, weights, bits, Text(amount), Text(rounds), Text(threads), .. layers.Sizes.Select(s => Text(s))]);
            reason = $"the peer failed: {error.Trim()}";
            if (code != 0) return null;
            var fields = output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return new TorchResult($"torch {fields[0]} global, {fields[1]} threads", double.Parse(fields[2], CultureInfo.InvariantCulture), Split(File.ReadAllBytes(bits), layers.Sizes));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static byte[][] Split(byte[] bits, int[] sizes)
    {
        var at = 0;
        return [.. sizes.Select(s =>
        {
            var length = (s + 7) / 8;
            at += length;
            return bits[(at - length)..at];
        })];
    }

    private static (int Code, string Output, string Error) Execute(string program, string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in arguments) start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, "", e.Message);
        }
    }
}
