using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using OnnxAudit.Bench.Saliency;
using OnnxAudit.Data;
using OnnxAudit.Graphs;

namespace OnnxAudit.Bench.Train;

/// <summary>PyTorch's training by the script beside this file, a process that answers one command a line, so that the sides can take turns.</summary>
internal sealed class TorchTraining : IDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private TorchTraining(Process process, string folder) => (_process, _folder) = (process, folder);

    internal static TorchTraining Start(SaliencyTask task, int threads, double rate)
    {
        var folder = Directory.CreateTempSubdirectory("onnxaudit-train-").FullName;
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
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "train", "torch_training.py"), Path.Combine(AppContext.BaseDirectory, "saliency"), task.Name, folder,
            rate.ToString(CultureInfo.InvariantCulture), threads.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo("/usr/bin/python3", arguments) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var name in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS" }) start.Environment[name] = threads.ToString(CultureInfo.InvariantCulture);
        return new TorchTraining(Process.Start(start)!, folder);
    }

    /// <summary>The losses of that many steps.</summary>
    internal double[] Losses(int steps) => [.. Ask(steps).GetProperty("losses").EnumerateArray().Select(l => l.GetDouble())];

    /// <summary>Seconds on the clock and of the processor that as many steps take.</summary>
    internal (double Seconds, double Processor) Time(int steps)
    {
        var answer = Ask(steps);
        return (answer.GetProperty("seconds").GetDouble(), answer.GetProperty("processor").GetDouble());
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private JsonElement Ask(int steps)
    {
        _process.StandardInput.WriteLine(steps);
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("PyTorch's script ended");
        using var json = JsonDocument.Parse(line);
        return json.RootElement.Clone();
    }
}
