using System.Globalization;
using OnnxAudit.Analyses;
using OnnxAudit.Comparison.Behaviours;

namespace OnnxAudit.Reports;

/// <summary>Comparisons of models as text for people.</summary>
public static class ComparisonText
{
    private const int MostDetailed = 3;
    private const int MostRows = 12;
    private const int MostSlices = 40;

    /// <summary>A row a comparison; then, for a few of them, classes and groups, transitions and what changed most.</summary>
    public static void Write(IReadOnlyList<CellComparison> comparisons, TextPage page)
    {
        page.Heading("Behaviour against the base");
        var table = new TextTable(("base", TextAlign.Shrink), ("model", TextAlign.Shrink), ("suite", TextAlign.Shrink), ("accuracy", TextAlign.Right), ("points", TextAlign.Right),
            ("lost", TextAlign.Right), ("gained", TextAlign.Right), ("p", TextAlign.Right), ("p Holm", TextAlign.Right), ("changed", TextAlign.Right), ("KL bits", TextAlign.Right));
        foreach (var comparison in comparisons)
        {
            var all = comparison.Slices[0];
            var correctness = Of(all, "correctness");
            table.Add(comparison.Base.Variant, comparison.Model.Variant, comparison.Model.Suite, Figures.Percent(correctness.Model), Figures.Points(correctness.Comparison),
                Count(all.Lost), Count(all.Gained), P(correctness.P), P(correctness.Adjusted), Figures.Percent(Of(all, "changed").Comparison), Figures.Plain(Of(all, "kl").Comparison));
        }

        page.Table(table);
        page.Line("p: exact two-sided McNemar test on the same samples; Holm's correction over every class, group and suite shown.");
        if (comparisons.Count > MostDetailed)
        {
            page.Line(FormattableString.Invariant($"Classes, transitions and changed pairs of {comparisons.Count} comparisons are in --json; narrow with --against or --suite to print them."));
            return;
        }

        foreach (var comparison in comparisons) WriteDetails(comparison, page);
    }

    /// <summary>A p value: three decimals, or a power of ten below.</summary>
    internal static string P(double p) => p switch
    {
        double.NaN => Figures.Undefined,
        < 1e-300 => "<1e−300",
        < 0.001 => p.ToString("0.0e0", CultureInfo.InvariantCulture).Replace('-', '−'),
        _ => p.ToString("0.000", CultureInfo.InvariantCulture),
    };

    /// <summary>The mean of a metric.</summary>
    internal static BehaviourMean Of(SliceBehaviour slice, string metric) => slice.Means.First(m => m.Metric == metric);

    private static void WriteDetails(CellComparison comparison, TextPage page)
    {
        page.Line();
        page.Heading($"{comparison.Model.Variant} against {comparison.Base.Variant} on {comparison.Model.Suite}, {Count(comparison.Samples)} samples");
        var slices = new TextTable(("slice", TextAlign.Shrink), ("samples", TextAlign.Right), ("accuracy", TextAlign.Right), ("points", TextAlign.Right), ("error ±%", TextAlign.Right),
            ("confidence", TextAlign.Right), ("p", TextAlign.Right), ("p Holm", TextAlign.Right));
        foreach (var slice in comparison.Slices.Where(s => s.Slice.Rows.Length > 0).Take(MostSlices))
        {
            var (correctness, error, confidence) = (Of(slice, "correctness"), Of(slice, "error"), Of(slice, "confidence"));
            slices.Add(slice.Slice.Kind == "all" ? "all" : $"{slice.Slice.Kind} {slice.Slice.Name}", Count(slice.Slice.Rows.Length), Figures.Percent(correctness.Model),
                Figures.Points(correctness.Comparison), Relative(error.Relative), Figures.Points(confidence.Comparison), P(correctness.P), P(correctness.Adjusted));
        }

        page.Table(slices);
        if (comparison.Slices.Count > MostSlices) page.Line(FormattableString.Invariant($"the first {MostSlices} of {comparison.Slices.Count} slices; --json holds all of them"));
        page.Line();
        var transitions = new TextTable([("transition", TextAlign.Left), ("samples", TextAlign.Right), ("share", TextAlign.Right),
            .. comparison.Transitions[0].Changes.Select(c => ($"Δ {c.Key}", TextAlign.Right))]);
        foreach (var row in comparison.Transitions)
            transitions.Add([ComparisonJson.Word(row.Kind), Count(row.Samples), Figures.Percent(row.Share), .. row.Changes.Select(c => Figures.Plain(c.Value.Mean))]);
        page.Table(transitions);
        if (comparison.Pairs.Count == 0) return;
        page.Line();
        var pairs = new TextTable(("prediction changed", TextAlign.Shrink), ("samples", TextAlign.Right), ("share", TextAlign.Right), ("lost", TextAlign.Right), ("gained", TextAlign.Right));
        foreach (var pair in comparison.Pairs.Take(MostRows))
            pairs.Add($"{comparison.Classes[pair.From]} > {comparison.Classes[pair.To]}", Count(pair.Samples), Figures.Percent(pair.Share), Count(pair.Lost), Count(pair.Gained));
        page.Table(pairs);
        page.Line($"samples that moved furthest: {string.Join(", ", comparison.Instances.Take(MostRows).Select(i => i.Row.ToString(CultureInfo.InvariantCulture)))}");
    }

    /// <summary>A change over its base in percent, with its sign.</summary>
    internal static string Relative(double relative) => double.IsNaN(relative) ? Figures.Undefined : (relative * 100).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    private static string Count(int count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
