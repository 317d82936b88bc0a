using System.Runtime.InteropServices;
using OnnxAudit.Bundles;
using OnnxAudit.Geometry;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Plans;
using OnnxAudit.Runs;

namespace OnnxAudit.Tests.Analyses;

/// <summary>A made-up audit of a corruption grid: logits by Philox that favour the true class less the harder the suite and the more is pruned.</summary>
internal sealed class GridBundle
{
    internal const int Samples = 120;
    internal const int Classes = 3;

    internal static readonly string[] Names = ["ant", "bee", "cat"];

    internal (string Id, string? Parent, string? Operation, string Parameters)[] Variants { get; init; } =
    [
        ("dense", null, null, "{}"),
        ("mag50", "dense", "magnitude pruning", """{"method":"magnitude","amount":"0.5","scope":"global"}"""),
        ("mag90", "dense", "magnitude pruning", """{"method":"magnitude","amount":"0.9","scope":"global"}"""),
        ("rand50-a", "dense", "random pruning", """{"method":"random","amount":"0.5","scope":"global","seed":"1"}"""),
        ("rand50-b", "dense", "random pruning", """{"method":"random","amount":"0.5","scope":"global","seed":"2"}"""),
    ];

    internal (string Id, string Spec, SuiteCorruption? Corruption)[] Suites { get; init; } =
    [
        ("clean", "synthetic:s", null), ("s-fog-1", "synthetic:s", new("fog", 1)), ("s-fog-3", "synthetic:s", new("fog", 3)), ("s-contrast-3", "synthetic:s", new("contrast", 3)),
    ];

    internal int FirstId { get; init; } = 500;

    internal BundleManifest Manifest => new()
    {
        ToolVersion = "0.1.0",
        Runtime = new RuntimeEntry("onnxruntime", "1.30.0", "CPUExecutionProvider"),
        Kernels = [],
        CpuFeatures = [],
        Device = "cpu",
        Threads = 1,
        Batch = 32,
        Seed = 0,
        PreprocessingJson = "{}",
        PlanJson = "{}",
        Models = [new ModelEntry("dense", "dense.onnx", new string('a', 64), 1)],
        Datasets = [.. Suites.Select(s => new DatasetEntry(s.Id, s.Spec, new string('b', 64), Samples, Classes, s.Corruption))],
        Variants = [.. Variants.Select(v => new VariantEntry(v.Id, "dense", v.Parent, v.Operation, v.Parameters, []))],
        Cells = [.. Suites.SelectMany(s => Variants.Select(v => new Cell($"{v.Id}--{s.Id}--cpu", v.Id, s.Id, "cpu")))],
    };

    internal static int Label(int row) => row % Classes;

    /// <summary>Writes and opens the bundle. The cell named is left unfinished.</summary>
    internal Bundle Write(string folder, string? without = null)
    {
        using (var writer = BundleWriter.Create(folder, Manifest, resume: false))
        {
            foreach (var suite in Suites)
                writer.WriteSamples(suite.Id, [.. Enumerable.Range(0, Samples).Select(Label)], [.. Enumerable.Range(FirstId, Samples).Select(i => (long)i)], Names, [new RowGroup("night", [1, 2, 5, 9])]);
            foreach (var cell in Manifest.Cells.Where(c => c.Id != without)) WriteCell(writer, cell);
            writer.Finish();
        }

        return Bundle.Open(folder);
    }

    /// <summary>The logits of a cell: easy samples keep their label's lead longest, so robustness goes with the margin.</summary>
    internal float[] Logits(Cell cell)
    {
        var severity = Suites.First(s => s.Id == cell.Suite).Corruption?.Severity ?? 0;
        var pruned = Math.Max(0, Array.FindIndex(Variants, v => v.Id == cell.Variant));
        var (own, noise) = (Philox.For(1, "sample"), Philox.For(2, cell.Id));
        return [.. Enumerable.Range(0, Samples * Classes).Select(i =>
            (i % Classes == Label(i / Classes) ? 4 * Philox.ToUnit(own.Words((ulong)(i / Classes), 0).A) - 0.35f * (severity + pruned) : 0) + 1.5f * Philox.ToUnit(noise.Words((ulong)i, 0).A))];
    }

    private void WriteCell(BundleWriter writer, Cell cell)
    {
        var rows = new GeometryRows();
        int[] labels = [.. Enumerable.Range(0, Samples).Select(Label)];
        var logits = Logits(cell);
        var meter = new GeometryMeter(new ClassDirections(Classes, Classes, new float[] { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, ReadOnlyMemory<float>.Empty), new GeometryOptions(), KernelSet.Choose("managed"), 1);
        meter.Measure(logits, logits, labels, rows);
        using var into = writer.Begin(cell);
        Append<float>("logits", ElementType.Float, [Samples, Classes], logits);
        Append<int>("prediction", ElementType.Int32, [Samples], rows.Prediction);
        Append<byte>("correct", ElementType.UInt8, [Samples], rows.Correct);
        Append<float>("features", ElementType.Float, [Samples, Classes], logits);
        Append<float>("angle", ElementType.Float, [Samples], rows.Angle);
        Append<float>("length", ElementType.Float, [Samples], rows.Length);
        Append<float>("margin", ElementType.Float, [Samples], rows.Margin);
        Append<float>("probability", ElementType.Float, [Samples], rows.Probability);
        var correct = rows.Correct.ToArray();
        into.Complete(new CellResult(Samples,
        [
            Slice("all", "", Enumerable.Range(0, Samples)),
            .. Names.Select((name, c) => Slice("class", name, Enumerable.Range(0, Samples).Where(i => Label(i) == c))),
        ], []), new CellTiming([], [new("name", "rig")]));

        void Append<T>(string name, ElementType type, ReadOnlySpan<long> dims, ReadOnlySpan<T> values) where T : unmanaged => into.Append(name, type, dims, MemoryMarshal.AsBytes(values));

        MetricSlice Slice(string kind, string name, IEnumerable<int> members) => new(kind, name, members.Count(), [new("accuracy", members.Average(i => (double)correct[i]))]);
    }
}
