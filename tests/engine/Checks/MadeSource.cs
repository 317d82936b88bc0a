using OnnxAudit.Bundles;
using OnnxAudit.Checks;
using OnnxAudit.Runs;

namespace OnnxAudit.Tests.Checks;

/// <summary>A bundle in memory, cell by cell: what a check sees, without the disk.</summary>
internal sealed class MadeSource : ICheckSource
{
    private static readonly string[] ClassNames = ["ant", "bee", "cat", "dog", "elk"];

    private readonly int _samples;
    private readonly Dictionary<string, byte[]?> _correct = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BundleCell> _cells = new(StringComparer.Ordinal);
    private readonly List<Cell> _planned = [];
    private readonly List<VariantEntry> _variants = [];
    private BundleSamples? _made;

    internal MadeSource(int samples) => _samples = samples;

    public string Name { get; init; } = "bundle";

    internal string DataSha256 { get; init; } = new('d', 64);

    internal long FirstIndex { get; init; }

    internal int LabelShift { get; init; }

    internal int GroupRows { get; init; } = 10;

    public BundleManifest Manifest => new()
    {
        ToolVersion = "0.1.0",
        Runtime = new RuntimeEntry("onnxruntime", "1.30.0", "CPUExecutionProvider"),
        Kernels = [],
        CpuFeatures = [],
        Device = "cpu",
        Threads = 1,
        Batch = 1,
        Seed = 0,
        PreprocessingJson = "{}",
        PlanJson = "{}",
        Models = [],
        Datasets = [.. _planned.Select(c => c.Suite).Distinct().Select(s => new DatasetEntry(s, s, DataSha256, _samples, ClassNames.Length))],
        Variants = _variants,
        Cells = _planned,
    };

    /// <summary>Adds a cell with these right and wrong samples; accuracy overall, per class and per group follow from them.</summary>
    internal MadeSource Add(string variant, string suite, byte[]? correct, params (string Metric, double Value)[] more)
    {
        var cell = Plan(variant, suite);
        _correct[cell.Id] = correct;
        MetricSlice Over(string kind, string name, int first, int end, int step)
        {
            int count = 0, right = 0;
            for (var row = first; row < end; row += step) (count, right) = (count + 1, right + (correct?[row] ?? 0));
            return new MetricSlice(kind, name, count, [new("accuracy", right / (double)count),
                .. kind == "all" ? more.Select(m => new KeyValuePair<string, double>(m.Metric, m.Value)) : []]);
        }

        var slices = new List<MetricSlice> { Over("all", "", 0, _samples, 1) };
        for (var c = 0; c < ClassNames.Length; c++)
            slices.Add(Over("class", ClassNames[c], (c + ClassNames.Length - LabelShift) % ClassNames.Length, _samples, ClassNames.Length));
        slices.Add(Over("group", "night", 0, GroupRows, 1));
        _cells[cell.Id] = new BundleCell(cell, new CellResult(_samples, slices, []), new CellTiming([new("latency.batch1.p50_ms", 2)], []), []);
        return this;
    }

    /// <summary>Adds a cell to the plan alone.</summary>
    internal Cell Plan(string variant, string suite)
    {
        var cell = new Cell($"{variant}--{suite}--cpu", variant, suite, "cpu");
        _planned.Add(cell);
        return cell;
    }

    internal MadeSource Metric(string variant, string metric, double value)
    {
        _variants.Add(new VariantEntry(variant, variant, null, null, "{}", [new(metric, value)]));
        return this;
    }

    public BundleCell? Find(string cellId) => _cells.GetValueOrDefault(cellId);

    public BundleSamples Samples(string suiteId) => _made ??= new(
        Enumerable.Range(0, _samples).Select(Label).ToArray(), Enumerable.Range(0, _samples).Select(r => FirstIndex + r).ToArray(),
        ClassNames, [new RowGroup("night", [.. Enumerable.Range(0, GroupRows)])]);

    public ReadOnlyMemory<byte>? Correct(Cell cell) => _correct[cell.Id] is { } column ? column : (ReadOnlyMemory<byte>?)null;

    /// <summary>All right but the first <paramref name="wrong"/> samples.</summary>
    internal static byte[] FirstWrong(int samples, int wrong) => [.. Enumerable.Range(0, samples).Select(r => (byte)(r < wrong ? 0 : 1))];

    private int Label(int row) => (row + LabelShift) % ClassNames.Length;
}
