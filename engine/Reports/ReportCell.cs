using OnnxAudit.Runs;

namespace OnnxAudit.Reports;

/// <summary>The per-sample measures of a cell that the report draws; empty where the cell has none. All [N].</summary>
internal sealed record SampleColumns(byte[] Correct, IReadOnlyList<KeyValuePair<string, float[]>> Measures);

/// <summary>A cell as the report needs it: its figures, and its columns when asked.</summary>
internal sealed record ReportCell(Cell Cell, CellResult Result, CellTiming? Timing, Func<SampleColumns> Columns)
{
    /// <summary>The slice over all samples.</summary>
    public MetricSlice All { get; } = Result.Slices.First(s => s.Kind == "all");

    /// <summary>A figure over all samples, or of the timing; NaN when there is none.</summary>
    public double Metric(string name) => Of(All, name) is var value && !double.IsNaN(value) ? value
        : Timing?.Metrics.Where(m => m.Key == name).Select(m => m.Value).DefaultIfEmpty(double.NaN).First() ?? double.NaN;

    /// <summary>A figure of a slice; NaN when there is none.</summary>
    public static double Of(MetricSlice slice, string name) => slice.Metrics.Where(m => m.Key == name).Select(m => m.Value).DefaultIfEmpty(double.NaN).First();
}

/// <summary>A variant: the model it comes from and, for a masked one, the family it belongs to and its place in it.</summary>
/// <param name="Id">Unique in the bundle.</param>
/// <param name="Model">Id of its model file.</param>
/// <param name="Family">What it shares with its siblings ("magnitude, global"); null for a model as it is.</param>
/// <param name="Amount">Fraction of the prunable weights removed; 0 for a model as it is.</param>
internal sealed record ReportVariant(string Id, string Model, string? Family, double Amount)
{
    /// <summary>The id without the model's name in front, for narrow headings under which the model is plain.</summary>
    public string Short => Id.Length > Model.Length + 1 && Id.StartsWith(Model + "-", StringComparison.Ordinal) ? Id[(Model.Length + 1)..] : Id;
}

/// <summary>Everything a report says, gathered from a bundle.</summary>
/// <param name="Facts">Name and value of what was run, in reading order.</param>
/// <param name="Files">Models and datasets: kind, id, detail, digest.</param>
/// <param name="Variants">In plan order.</param>
/// <param name="Suites">Suite ids in plan order.</param>
/// <param name="Cells">Finished cells in plan order.</param>
/// <param name="Plan">The plan's JSON.</param>
internal sealed record ReportSource(IReadOnlyList<KeyValuePair<string, string>> Facts, IReadOnlyList<(string Kind, string Id, string Detail, string Sha256)> Files,
    IReadOnlyList<ReportVariant> Variants, IReadOnlyList<string> Suites, IReadOnlyList<ReportCell> Cells, string Plan)
{
    /// <summary>Suites that are cells of a corruption grid.</summary>
    public IReadOnlyList<string> Corrupted { get; init; } = [];

    /// <summary>The same without the corrupted suites; as it is where nothing else would be left.</summary>
    public ReportSource WithoutGrids() => Suites.Any(s => !Corrupted.Contains(s)) ? this with { Suites = [.. Suites.Where(s => !Corrupted.Contains(s))] } : this;

    /// <summary>The cells of a suite, in plan order.</summary>
    public IReadOnlyList<ReportCell> Of(string suite) => [.. Cells.Where(c => c.Cell.Suite == suite)];

    /// <summary>The variant of a cell.</summary>
    public ReportVariant Variant(ReportCell cell) => Variants.FirstOrDefault(v => v.Id == cell.Cell.Variant) ?? new ReportVariant(cell.Cell.Variant, "", null, 0);

    /// <summary>A cell's variant as a row calls it: without the model's name where there is only one.</summary>
    public string Label(ReportCell cell) => Variants.Select(v => v.Model).Distinct().Count() == 1 ? Variant(cell).Short : cell.Cell.Variant;
}
