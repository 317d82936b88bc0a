using System.Globalization;
using OnnxAudit.Analyses;

namespace OnnxAudit.Reports;

/// <summary>An analysis as text for people.</summary>
public static class AnalysisText
{
    private const int MostPairs = 10;

    /// <summary>Its tables, those without rows left out.</summary>
    public static void Write(Analysis analysis, TextPage page)
    {
        Correlations(analysis, page);
        Corruptions(analysis, page);
        Exemplars(analysis, page);
        Redundancy(analysis, page);
        if (analysis.Comparisons.Count > 0) ComparisonText.Write(analysis.Comparisons, page);
        if (analysis.Similarity is { } map) SimilarityText.Write(map, page);
        foreach (var table in analysis.Cka) SimilarityText.Write(table, page);
        foreach (var group in analysis.Robustness.Tallies.Where(t => t.Missing.Length > 0).GroupBy(t => (t.Target, t.Cell.Suite, t.Cells, t.Missing)))
            page.Line($"note: {group.Key.Target.Replace('_', ' ')} on {group.Key.Suite} is over {Count(group.Key.Cells)} cells: missing {group.Key.Missing}");
        foreach (var note in analysis.Notes) page.Line($"note: {note}");
    }

    /// <summary>A correlation with its interval.</summary>
    internal static string Estimate(double value, (double Low, double High) interval) => double.IsNaN(value) ? Figures.Undefined
        : string.Create(CultureInfo.InvariantCulture, $"{value:0.000} [{interval.Low:0.000}, {interval.High:0.000}]").Replace('-', '−');

    private static void Correlations(Analysis analysis, TextPage page)
    {
        if (analysis.Robustness.Correlations.Count == 0) return;
        page.Heading("Correlation with the clean geometry of the uncompressed model");
        var table = new TextTable(("variant", TextAlign.Shrink), ("suite", TextAlign.Shrink), ("target", TextAlign.Left), ("measure", TextAlign.Left), ("Pearson", TextAlign.Right),
            ("Spearman", TextAlign.Right), ("n", TextAlign.Right), ("left out", TextAlign.Right));
        foreach (var (cell, rows) in analysis.Robustness.Correlations)
            foreach (var row in rows)
                table.Add(cell.Variant, cell.Suite, row.Target.Replace('_', ' '), row.Measure, Estimate(row.Estimate.Pearson, row.Estimate.PearsonInterval),
                    Estimate(row.Estimate.Spearman, row.Estimate.SpearmanInterval), Count(row.Samples), Count(row.Excluded));
        page.Table(table);
        foreach (var angle in analysis.RandomAngles)
            page.Line(string.Create(CultureInfo.InvariantCulture, $"Random vectors of {angle.Dimension} features stand at {angle.Mean:0.0} ± {angle.Sd:0.0} degrees."));
        page.Line();
    }

    private static void Corruptions(Analysis analysis, TextPage page)
    {
        if (analysis.Corruptions.Count == 0) return;
        page.Heading("Mean corruption error");
        var table = new TextTable(("variant", TextAlign.Shrink), ("suite", TextAlign.Shrink), ("clean", TextAlign.Right), ("common", TextAlign.Right), ("all", TextAlign.Right),
            ("present", TextAlign.Right), ("reference", TextAlign.Shrink), ("CE", TextAlign.Right), ("relative CE", TextAlign.Right), ("worst", TextAlign.Left));
        foreach (var figure in analysis.Corruptions)
        {
            var worst = figure.Corruptions.MaxBy(c => c.Error)!;
            var present = figure.Means[^1];
            table.Add(figure.Variant, figure.Suite, Figures.Percent(figure.Clean), Figures.Percent(figure.Means[0].Error), Figures.Percent(figure.Means[1].Error), Figures.Percent(present.Error),
                figure.Reference ?? Figures.Undefined, Figures.Plain(present.Ratio), Figures.Plain(present.Relative), $"{worst.Name} {Figures.Percent(worst.Error)}");
        }

        page.Table(table);
        page.Line();
    }

    private static void Exemplars(Analysis analysis, TextPage page)
    {
        if (analysis.Exemplars.Groups.Count == 0) return;
        page.Heading("Exemplars: samples whose modal label compression changes");
        var table = new TextTable(("treatment", TextAlign.Shrink), ("suite", TextAlign.Shrink), ("kind", TextAlign.Left), ("models", TextAlign.Right), ("exemplars", TextAlign.Right), ("share", TextAlign.Right),
            ("accuracy there", TextAlign.Right), ("overall", TextAlign.Right));
        foreach (var group in analysis.Exemplars.Groups)
            table.Add(group.Treatment, group.Suite, group.Kind == "pruning" ? "PIE" : "CIE", FormattableString.Invariant($"{group.Before.Count} + {group.After.Count}"), Count(group.Exemplars.Count),
                Figures.Percent(group.Exemplars.Share), Figures.Percent(group.OnExemplars), Figures.Percent(group.Overall));
        page.Table(table);
        page.Line();
    }

    private static void Redundancy(Analysis analysis, TextPage page)
    {
        if (analysis.Redundancy.Count == 0) return;
        page.Heading("Corruptions most alike: mean rank correlation of the samples' geometry over the models");
        var table = new TextTable(("suite", TextAlign.Shrink), ("and", TextAlign.Shrink), ("angle", TextAlign.Right), ("length", TextAlign.Right), ("margin", TextAlign.Right), ("models", TextAlign.Right));
        foreach (var row in analysis.Redundancy.OrderByDescending(r => double.IsNaN(r.Mean) ? double.NegativeInfinity : r.Mean).Take(MostPairs))
            table.Add(row.First, row.Second, Figures.Plain(row.Angle), Figures.Plain(row.Length), Figures.Plain(row.Margin), Count(row.Models));
        page.Table(table);
        page.Line();
    }

    private static string Count(int count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
