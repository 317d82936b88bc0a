using System.Runtime.InteropServices;
using OnnxAudit.Bundles;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Runs;

namespace OnnxAudit.Bench.Similarities;

/// <summary>A made-up bundle that holds nothing but angle, margin and length of every cell, through the writer that audits use.</summary>
internal static class GeometryBundle
{
    private const int Classes = 10, Part = 1000;

    /// <summary>Writes it: families of models, whose samples differ little within a family, on suites of growing damage.</summary>
    internal static void Write(string folder, int models, int suites, int samples)
    {
        string[] modelNames = [.. Enumerable.Range(0, models).Select(m => FormattableString.Invariant($"model{m:00}"))];
        string[] suiteNames = [.. Enumerable.Range(0, suites).Select(s => FormattableString.Invariant($"suite{s:00}"))];
        using var writer = BundleWriter.Create(folder, Manifest(modelNames, suiteNames, samples), resume: false);
        foreach (var suite in suiteNames)
            writer.WriteSamples(suite, [.. Enumerable.Range(0, samples).Select(i => i % Classes)], [.. Enumerable.Range(0, samples).Select(i => (long)i)],
                [.. Enumerable.Range(0, Classes).Select(c => FormattableString.Invariant($"{c}"))], []);
        var cells = (from s in Enumerable.Range(0, suites) from m in Enumerable.Range(0, models) select (m, s)).ToArray();
        Parallel.ForEach(cells, cell => WriteCell(writer, CellOf(modelNames[cell.m], suiteNames[cell.s]), cell.m, cell.s, samples));
        writer.Finish();
    }

    private static void WriteCell(BundleWriter writer, Cell cell, int model, int suite, int samples)
    {
        using var into = writer.Begin(cell);
        var values = new float[Part];
        for (var first = 0; first < samples; first += Part)
        {
            var count = Math.Min(Part, samples - first);
            foreach (var (column, block) in new[] { ("angle", 0u), ("length", 1u), ("margin", 2u) })
            {
                for (var i = 0; i < count; i++) values[i] = Value(block, model, suite, (uint)(first + i));
                into.Append(column, ElementType.Float, [samples], MemoryMarshal.AsBytes(values.AsSpan(0, count)));
            }
        }

        into.Complete(new CellResult(samples, [new MetricSlice("all", "", samples, [])], []), new CellTiming([], []));
    }

    // A sample's own value, its family's, its suite's and noise, in the sizes that angles (degrees), lengths and margins have.
    private static float Value(uint block, int model, int suite, uint sample)
    {
        var (scale, centre) = block switch { 0 => (12f, 45f), 1 => (2f, 10f), _ => (0.7f, 2f) };
        var own = Philox.ToUnit(new Philox(block, 1).Words(sample, 0, 0, 0).A);
        var family = Philox.ToUnit(new Philox(block, 2).Words(sample, (uint)(model / 6), 0, 0).A);
        var damage = Philox.ToUnit(new Philox(block, 3).Words(sample, (uint)suite, 0, 0).A);
        var noise = Philox.ToUnit(new Philox(block, 4).Words(sample, (uint)model, (uint)suite, 0).A);
        return centre + scale * (own + 0.5f * family + 0.4f * damage + 0.3f * noise + 0.02f * (model % 6) + 0.05f * suite);
    }

    private static BundleManifest Manifest(string[] models, string[] suites, int samples) => new()
    {
        ToolVersion = "bench",
        Runtime = new RuntimeEntry("none", "0", "cpu"),
        Kernels = [],
        CpuFeatures = [],
        Device = "cpu",
        Threads = 1,
        Batch = 1,
        Seed = 0,
        PreprocessingJson = "{}",
        PlanJson = "{}",
        Models = [.. models.Select(m => new ModelEntry(m, $"{m}.onnx", new string('0', 64), 1))],
        Datasets = [.. suites.Select(s => new DatasetEntry(s, $"made-up:{s}", new string('0', 64), samples, Classes))],
        Variants = [.. models.Select(m => new VariantEntry(m, m, null, null, "{}", []))],
        Cells = [.. from s in suites from m in models select CellOf(m, s)],
    };

    private static Cell CellOf(string model, string suite) => new($"{model}--{suite}--cpu", model, suite, "cpu");
}
