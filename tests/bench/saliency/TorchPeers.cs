using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using OnnxAudit.Data;
using OnnxAudit.Graphs;

namespace OnnxAudit.Bench.Saliency;

/// <summary>PyTorch's two ways by the script beside this file, on the same weights, inputs and labels.</summary>
internal static class TorchPeers
{
    /// <summary>Way and samples/s of every measurement; null when the profiles differ or a way fails.</summary>
    internal static List<(string Name, double Rate)>? Run(SaliencyTask task, float[] profiles, int filters, double tolerance)
    {
        var folder = Directory.CreateTempSubdirectory("onnxaudit-peers-").FullName;
        try
        {
            Write(task, folder);
            var lines = Measure(task.Name, folder);
            return lines is not null && Agrees(profiles, filters, NpyFile.Read(Path.Combine(folder, "peer_saliency.npy")), tolerance) ? lines : null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(SaliencyTask task, string folder)
    {
        using (var zip = ZipFile.Open(Path.Combine(folder, "weights.npz"), ZipArchiveMode.Create))
            foreach (var value in task.Model().Graph.Initializers.Where(v => v.Initializer is { Type: ElementType.Float }))
            {
                using var entry = zip.CreateEntry(value.Name + ".npy", CompressionLevel.NoCompression).Open();
                entry.Write(NpyWriter.Header(ElementType.Float, value.Initializer!.Dims));
                entry.Write(value.Initializer.Data.Span);
            }

        File.WriteAllBytes(Path.Combine(folder, "inputs.npy"), [.. NpyWriter.Header(ElementType.Float, task.Dims), .. MemoryMarshal.AsBytes<float>(task.Inputs)]);
        long[] labels = [.. task.Labels.Select(l => (long)l)];
        File.WriteAllBytes(Path.Combine(folder, "labels.npy"), [.. NpyWriter.Header(ElementType.Int64, [labels.Length]), .. MemoryMarshal.AsBytes<long>(labels)]);
    }

    private static List<(string Name, double Rate)>? Measure(string model, string folder)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "saliency", "torch_peers.py"), model, folder]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Console.Write(output);
        if (process.ExitCode != 0) return null;
        var rates = new List<(string, double)>();
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (!root.TryGetProperty("samples_per_second", out var rate)) continue;
            var chunk = root.TryGetProperty("chunk", out var size) ? $" of {size.GetRawText()}" : "";
            rates.Add(($"PyTorch {root.GetProperty("peer").GetString()}{chunk}, {root.GetProperty("threads").GetRawText()} threads", rate.GetDouble()));
        }

        return rates;
    }

    private static bool Agrees(float[] ours, int filters, Tensor peer, double tolerance)
    {
        var theirs = peer.Span<float>();
        if (theirs.Length != ours.Length)
        {
            Console.Error.WriteLine($"results differ: {ours.Length} entries of ours, {theirs.Length} of the peer's");
            return false;
        }

        var errors = new double[ours.Length];
        for (var i = 0; i < ours.Length; i++) errors[i] = Math.Abs(ours[i] - theirs[i]) / Math.Max(Math.Abs(theirs[i]), 1e-6);
        Array.Sort(errors);
        var (median, most) = (errors[errors.Length / 2], errors[(int)(errors.Length * 0.99)]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"profiles of {filters} filters compared: relative difference median {median:0.0e0}, 99 % below {most:0.0e0}"));
        if (most <= tolerance) return true;
        Console.Error.WriteLine("results differ");
        return false;
    }
}
