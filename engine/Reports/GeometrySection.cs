namespace OnnxAudit.Reports;

/// <summary>How angle, length, margin and probability are spread over correct and wrong samples: a row of four histograms a variant, on axes shared within the suite.</summary>
internal static class GeometrySection
{
    /// <summary>Measures in drawing order with the unit that follows the name on the axis.</summary>
    public static IReadOnlyList<(string Column, string Unit)> Measures { get; } =
        [("angle", " to the true class (degrees)"), ("length", " of the feature (feature units)"), ("margin", " (feature units)"), ("probability", " of the true class")];

    /// <summary>The histograms; only the first suite is unfolded.</summary>
    public static Markup Write(ReportSource source) => Markup.Join(source.Suites.Select((suite, i) => OfSuite(source, suite, open: i == 0)));

    private static Markup OfSuite(ReportSource source, string suite, bool open)
    {
        var cells = source.Of(suite);
        var axes = Measures.ToDictionary(m => m.Column, _ => (Low: double.PositiveInfinity, High: double.NegativeInfinity), StringComparer.Ordinal);
        foreach (var cell in cells)
            foreach (var (name, values) in cell.Columns().Measures)
                foreach (var value in values)
                    if (float.IsFinite(value)) axes[name] = (Math.Min(axes[name].Low, value), Math.Max(axes[name].High, value));
        if (axes.Values.All(a => a.Low > a.High)) return Markup.None;
        var rows = Markup.Join(cells.Select(cell => OfCell(cell, axes)));
        return Markup.Of($"<details{new Markup(open ? " open" : "")}><summary>{suite}</summary>{rows}</details>");
    }

    private static Markup OfCell(ReportCell cell, Dictionary<string, (double Low, double High)> axes)
    {
        var columns = cell.Columns();
        var charts = Markup.Join(Measures.Where(m => columns.Measures.Any(c => c.Key == m.Column)).Select(m =>
        {
            var range = axes[m.Column];
            var histogram = new Histogram(m.Column == "probability" ? Axis.Over(0, 1, 4) : Axis.Over(range.Low, range.High, 4));
            histogram.Add(columns.Measures.First(c => c.Key == m.Column).Value, columns.Correct);
            return histogram.Draw(m.Column, m.Unit);
        }));
        var wrong = columns.Correct.Count(c => c == 0);
        return Markup.Of($"""
            <section class="geometry"><h4>{cell.Cell.Variant} <small><span class="key correct"></span>{Figures.Count(columns.Correct.Length - wrong)} correct
            <span class="key wrong"></span>{Figures.Count(wrong)} wrong</small></h4><div class="histograms">{charts}</div></section>
            """);
    }
}
