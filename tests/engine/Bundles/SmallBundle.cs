using System.Globalization;
using System.Runtime.InteropServices;
using OnnxAudit.Bundles;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Runs;

namespace OnnxAudit.Tests.Bundles;

/// <summary>A made-up audit: variants × suites on one device, whose columns depend on (variant, suite) alone.</summary>
internal sealed class SmallBundle
{
    internal const int Samples = 100;
    internal const int Classes = 4;

    internal string[] Variants { get; init; } = ["dense", "magnitude-0.50"];

    internal string[] Suites { get; init; } = ["clean", "fog-3"];

    internal string? Shard { get; init; }

    internal int Threads { get; init; } = 2;

    internal string RuntimeVersion { get; init; } = "1.30.0";

    internal string KernelForm { get; init; } = "scalar";

    /// <summary>Timings differ from run to run; a test that compares bundles sets another value.</summary>
    internal double Latency { get; init; } = 1.5;

    /// <summary>Chance in percent that a sample is wrong, by variant.</summary>
    internal Func<string, int> ErrorPercent { get; init; } = v => v == "dense" ? 10 : 15;

    internal BundleManifest Manifest => new()
    {
        ToolVersion = "0.1.0",
        Runtime = new RuntimeEntry("onnxruntime", RuntimeVersion, "CPUExecutionProvider"),
        Kernels = [new("geometry", KernelForm)],
        CpuFeatures = ["avx2", "fma"],
        Device = "cpu",
        Threads = Threads,
        Batch = 32,
        Seed = ulong.MaxValue,
        PreprocessingJson = """{"layout":"NCHW","normalisation":{"mean":[0.5],"std":[0.25]}}""",
        PlanJson = """{"models":["dense.onnx"],"amounts":[0.1,5e-324,1e300]}""",
        Models = [new ModelEntry("dense", "models/dense.onnx", new string('a', 64), 1234)],
        Datasets = [.. Suites.Select(s => new DatasetEntry(s, $"synthetic:{s}", new string('b', 64), Samples, Classes))],
        Variants = [.. Variants.Select((v, i) => new VariantEntry(v, "dense", i == 0 ? null : Variants[0], i == 0 ? null : "magnitude",
            i == 0 ? "{}" : """{"amount":0.5,"scope":"global"}""", [new("energy_mj", 3.5 + i)]))],
        Cells = [.. Suites.SelectMany(s => Variants.Select(v => new Cell($"{v}--{s}--cpu", v, s, "cpu")))],
        Shard = Shard,
    };

    internal static int Label(int row) => row % Classes;

    internal bool IsCorrect(Cell cell, int row) =>
        Philox.For(1, cell.Suite).Words((ulong)row, 0).A % 100 >= (uint)ErrorPercent(cell.Variant);

    /// <summary>In memory where the system has such a folder: a bundle syncs every file, which a disk takes its time over.</summary>
    internal static string NewFolder() => Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "onnxaudit-test-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));

    /// <summary>Runs what is not done yet and finishes. <paramref name="stopAfter"/> cells it stops without finishing, as a kill would.</summary>
    internal BundleManifest? Run(string folder, bool resume = false, int stopAfter = int.MaxValue, List<string>? ran = null)
    {
        using var writer = BundleWriter.Create(folder, Manifest, resume);
        foreach (var suite in Suites) WriteSamples(writer, suite);
        foreach (var cell in Manifest.OwnCells())
        {
            if (writer.IsDone(cell)) continue;
            if (stopAfter-- == 0) return null;
            ran?.Add(cell.Id);
            WriteCell(writer, cell);
        }

        return writer.Finish();
    }

    internal void WriteSamples(BundleWriter writer, string suite) => writer.WriteSamples(suite, [.. Enumerable.Range(0, Samples).Select(Label)],
        [.. Enumerable.Range(1000, Samples).Select(i => (long)i)], ["ant", "bee", "cat", "dog"], [new RowGroup("night", [.. Enumerable.Range(0, 50)]), new RowGroup("none", [])]);

    internal void WriteCell(BundleWriter writer, Cell cell)
    {
        using var into = writer.Begin(cell);
        var correct = Enumerable.Range(0, Samples).Select(r => (byte)(IsCorrect(cell, r) ? 1 : 0)).ToArray();
        for (var row = 0; row < Samples; row += 30)
        {
            var end = Math.Min(Samples, row + 30);
            into.Append("correct", ElementType.UInt8, [Samples], correct.AsSpan(row..end));
            into.Append("logits", ElementType.Float, [Samples, Classes], MemoryMarshal.AsBytes(Logits(cell, row, end).AsSpan()));
        }

        into.Complete(Result(correct), new CellTiming([new("latency.batch1.p50_ms", Latency)], [new("name", "rig")]));
    }

    private static float[] Logits(Cell cell, int row, int end)
    {
        var numbers = Philox.For(2, cell.Id);
        return [.. Enumerable.Range(row * Classes, (end - row) * Classes).Select(i => Philox.ToUnit(numbers.Words((ulong)i, 0).A))];
    }

    private static CellResult Result(byte[] correct)
    {
        MetricSlice Over(string kind, string name, IEnumerable<int> rows)
        {
            var list = rows.ToArray();
            var accuracy = list.Length == 0 ? double.NaN : list.Count(r => correct[r] == 1) / (double)list.Length;
            return new MetricSlice(kind, name, list.Length, [new("accuracy", accuracy), new("nll", 0.1 + 0.2)]);
        }

        string[] names = ["ant", "bee", "cat", "dog"];
        return new CellResult(Samples,
        [
            Over("all", "", Enumerable.Range(0, Samples)),
            .. names.Select((name, c) => Over("class", name, Enumerable.Range(0, Samples).Where(r => Label(r) == c))),
            Over("group", "night", Enumerable.Range(0, 50)),
            Over("group", "none", []),
        ], ["a note"]);
    }
}
