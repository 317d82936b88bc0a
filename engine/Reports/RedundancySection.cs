using OnnxAudit.Analyses;

namespace OnnxAudit.Reports;

/// <summary>Which corruptions rank a model's samples alike: a table of rank correlations a grid.</summary>
internal static class RedundancySection
{
    /// <summary>A table a grid; nothing without one.</summary>
    public static Markup Write(Analysis? analysis) => analysis is null ? Markup.None : Markup.Join(analysis.Redundancy.GroupBy(r => (r.Grid, r.Device)).Select(grid =>
    {
        var pairs = grid.ToDictionary(r => (r.First, r.Second));
        string[] suites = [.. grid.Select(r => r.First).Concat(grid.Select(r => r.Second)).Distinct()];
        string Short(string suite) => suite == grid.Key.Grid ? "clean" : suite.StartsWith(grid.Key.Grid + "-", StringComparison.Ordinal) ? suite[(grid.Key.Grid.Length + 1)..] : suite;
        Markup Cell(string a, string b)
        {
            if (!pairs.TryGetValue((a, b), out var row) && !pairs.TryGetValue((b, a), out row)) return Markup.Of($"<td class=\"n\">{Figures.Undefined}</td>");
            var title = $"{Short(a)} and {Short(b)} over {Figures.Count(row.Models)} models: angle {Two(row.Angle)}, length {Two(row.Length)}, margin {Two(row.Margin)}";
            return double.IsNaN(row.Mean) ? Markup.Of($"<td class=\"n\" title=\"{title}\">{Figures.Undefined}</td>")
                : Markup.Of($"<td class=\"n {(row.Mean < 0 ? "worse" : "better")}\" style=\"--s:{Math.Abs(row.Mean)}\" title=\"{title}\">{Two(row.Mean)}</td>");
        }

        return Markup.Of($"""
            <h3>{grid.Key.Grid}</h3><div class="scroll"><table class="heat"><thead><tr><th>Suite</th>{Markup.Join(suites.Select(s => Markup.Of($"<th class=\"n narrow\">{Markup.Name(Short(s))}</th>")))}</tr></thead><tbody>
            {Markup.Join(suites.Select(a => Markup.Of($"<tr><th scope=\"row\">{Markup.Name(Short(a))}</th>{Markup.Join(suites.Select(b => Cell(a, b)))}</tr>")))}</tbody></table></div>
            """);
    }));

    private static string Two(double value) => double.IsNaN(value) ? Figures.Undefined : value.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture).Replace('-', '−');
}
