using OnnxAudit.Runs;

namespace OnnxAudit.Reports;

/// <summary>A figure worth reading first.</summary>
/// <param name="Value">The number with its unit.</param>
/// <param name="Meaning">What it says, a phrase.</param>
public sealed record KeyFigure(string Value, string Meaning);

/// <summary>The most telling figures of a run, on its first suite, against its first variant.</summary>
internal static class KeyFigures
{
    /// <summary>Accuracy, as a fraction, that counts as no loss worth naming.</summary>
    public const double Tolerance = 0.01;

    /// <summary>At most four figures; fewer where the run does not hold them.</summary>
    public static IReadOnlyList<KeyFigure> Of(ReportSource source)
    {
        var cells = source.Suites.Select(source.Of).FirstOrDefault(c => c.Count > 0) ?? [];
        if (cells.Count == 0) return [];
        var first = cells[0];
        var figures = new List<KeyFigure> { Accuracy(first) };
        if (Sparsest(cells) is { } sparsest) figures.Add(sparsest);
        if (HardestHit(cells) is { } hit) figures.Add(hit);
        if (LargestChange(cells) is { } change) figures.Add(change);
        return figures;
    }

    private static KeyFigure Accuracy(ReportCell cell) => new(Figures.Percent(cell.Metric("accuracy")),
        $"accuracy of {cell.Cell.Variant} on {cell.Cell.Suite} (95 % interval {Figures.Percent(cell.Metric("accuracy.low"))} to {Figures.Percent(cell.Metric("accuracy.high"))})");

    private static KeyFigure? Sparsest(IReadOnlyList<ReportCell> cells)
    {
        var kept = cells.Skip(1).Where(c => c.Metric("sparsity") > 0 && c.Metric("accuracy") >= cells[0].Metric("accuracy") - Tolerance).ToArray();
        if (cells.Skip(1).All(c => double.IsNaN(c.Metric("sparsity")) || c.Metric("sparsity") == 0)) return null;
        if (kept.Length == 0) return new KeyFigure("none", "of the sparser variants stays within 1 point of the first one's accuracy");
        var best = kept.MaxBy(c => c.Metric("sparsity"))!;
        return new KeyFigure(Figures.Percent(best.Metric("sparsity")), $"of the prunable weights are gone in {best.Cell.Variant}, the sparsest variant within 1 point of the first");
    }

    private static KeyFigure? LargestChange(IReadOnlyList<ReportCell> cells)
    {
        var changes = cells.Skip(1).Select(c => (c.Cell.Variant, Change: c.Metric("accuracy") - cells[0].Metric("accuracy"))).Where(c => !double.IsNaN(c.Change)).ToArray();
        if (changes.Length == 0) return null;
        var largest = changes.MaxBy(c => Math.Abs(c.Change));
        return new KeyFigure($"{Figures.Points(largest.Change)} points", $"of accuracy is the largest change, in {largest.Variant}");
    }

    /// <summary>The largest loss of a class among the variants that look harmless over all samples: what a single accuracy hides.</summary>
    private static KeyFigure? HardestHit(IReadOnlyList<ReportCell> cells)
    {
        var reference = Classes(cells[0]);
        var losses = cells.Skip(1).Where(c => c.Metric("accuracy") >= cells[0].Metric("accuracy") - Tolerance)
            .SelectMany(c => Classes(c).Select(k => (c.Cell.Variant, k.Key, Loss: k.Value - reference.GetValueOrDefault(k.Key, double.NaN))))
            .Where(l => l.Loss < 0).ToArray();
        if (losses.Length == 0) return null;
        var worst = losses.MinBy(l => l.Loss);
        return new KeyFigure($"{Figures.Points(worst.Loss)} points", $"on class {worst.Key} in {worst.Variant}, although its overall accuracy is within 1 point");
    }

    private static Dictionary<string, double> Classes(ReportCell cell) => cell.Result.Slices.Where(s => s.Kind == "class")
        .GroupBy(s => s.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => ReportCell.Of(g.First(), "accuracy"), StringComparer.Ordinal);
}
