namespace OnnxAudit.Reports;

/// <summary>Accuracy and margin against sparsity, a line a family: the same model under the same kind of mask at growing amounts.</summary>
internal static class FamilySection
{
    /// <summary>The charts, two a suite; nothing when no family has two members.</summary>
    public static Markup Write(ReportSource source) => Markup.Join(source.Suites.Select(suite => OfSuite(source, suite)));

    private static Markup OfSuite(ReportSource source, string suite)
    {
        var cells = source.Of(suite);
        var variants = cells.Select(source.Variant).ToArray();
        var families = variants.Where(v => v.Family is not null).Select(v => (v.Model, v.Family)).Distinct().ToArray();
        var models = variants.Select(v => v.Model).Distinct().Count();
        var members = families.Select(f => (Name: models > 1 ? $"{f.Model}, {f.Family}" : f.Family!,
            Cells: cells.Where((_, i) => variants[i].Model == f.Model && (variants[i].Family is null || variants[i].Family == f.Family)).ToArray()))
            .Where(f => f.Cells.Length > 1).ToArray();
        if (members.Length == 0) return Markup.None;
        var left = members.Length > LineChart.MostSeries
            ? Markup.Of($"<p class=\"none\">{LineChart.MostSeries} of {members.Length} families are drawn; the tables hold all of them.</p>") : Markup.None;
        var drawn = members.Take(LineChart.MostSeries).ToArray();
        return Markup.Of($"""
            <h3>{suite}</h3>{left}<div class="charts">
            {Chart("Accuracy", "accuracy (%)", "accuracy", 100)}{Chart("Margin", "mean margin (feature units)", "margin.mean", 1)}</div>
            """);

        Markup Chart(string title, string yLabel, string metric, double scale)
        {
            var series = drawn.Select(f => new ChartSeries(f.Name, [.. f.Cells.Select(c => Point(source, c, metric, scale)).Where(p => double.IsFinite(p.Y))]))
                .Where(s => s.Points.Count > 1).ToArray();
            return series.Length == 0 ? Markup.None : LineChart.Draw(title, "sparsity of the prunable weights (%)", yLabel, series);
        }
    }

    private static ChartPoint Point(ReportSource source, ReportCell cell, string metric, double scale)
    {
        var sparsity = cell.Metric("sparsity");
        if (double.IsNaN(sparsity)) sparsity = source.Variant(cell).Amount;
        return new ChartPoint(sparsity * 100, cell.Metric(metric) * scale, cell.Metric(metric + ".low") * scale, cell.Metric(metric + ".high") * scale);
    }
}
