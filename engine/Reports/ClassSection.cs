using System.Globalization;
using OnnxAudit.Runs;

namespace OnnxAudit.Reports;

/// <summary>Accuracy per class (or per group of samples): the first variant's, then every other one's difference from it, shaded by size.</summary>
internal static class ClassSection
{
    /// <summary>Rows a table shows; of more, those that changed most.</summary>
    public const int MostRows = 60;

    /// <summary>Difference, as a fraction, at which the shade is full.</summary>
    private const double FullShade = 0.10;

    /// <summary>The tables over slices of a kind ("class" or "group"), one a suite; nothing when there are none.</summary>
    public static Markup Write(ReportSource source, string kind) => Markup.Join(source.Suites.Select(suite => OfSuite(source, suite, kind)));

    private static Markup OfSuite(ReportSource source, string suite, string kind)
    {
        var cells = source.Of(suite);
        if (cells.Count == 0) return Markup.None;
        var reference = cells[0].Result.Slices.Where(s => s.Kind == kind).ToArray();
        if (reference.Length == 0) return Markup.None;
        var tables = cells.Select(c => c.Result.Slices.Where(s => s.Kind == kind).GroupBy(s => s.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => ReportCell.Of(g.First(), "accuracy"), StringComparer.Ordinal)).ToArray();
        var rows = reference.Select(slice => (Slice: slice, Base: ReportCell.Of(slice, "accuracy"),
            Values: tables.Skip(1).Select(t => t.GetValueOrDefault(slice.Name, double.NaN)).ToArray())).ToArray();
        var shown = rows.Length <= MostRows ? rows
            : [.. rows.OrderByDescending(r => r.Values.Select(v => double.IsNaN(v) ? 0 : Math.Abs(v - r.Base)).DefaultIfEmpty(0).Max()).Take(MostRows)];
        var left = shown.Length == rows.Length ? Markup.None
            : Markup.Of($"<p class=\"none\">The {shown.Length} that changed most, of {rows.Length}; the bundle holds all of them.</p>");
        var heads = Markup.Join(cells.Skip(1).Select(c => Markup.Of($"<th class=\"n narrow\" title=\"{c.Cell.Variant}\">{Markup.Name(source.Label(c))}</th>")));
        return Markup.Of($"""
            <h3>{suite}</h3>{left}<div class="scroll"><table class="heat"><thead><tr><th>{(kind == "class" ? "Class" : "Group")}</th><th class="n">Samples</th>
            <th class="n narrow">{Markup.Name(cells[0].Cell.Variant)}</th>{heads}</tr></thead><tbody>{Markup.Join(shown.Select(r => Row(r.Slice, r.Base, r.Values)))}</tbody></table></div>
            """);
    }

    private static Markup Row(MetricSlice slice, double first, double[] values) => Markup.Of($"""
        <tr><th scope="row">{slice.Name}</th><td class="n">{Figures.Count(slice.Samples)}</td><td class="n strong">{Figures.Percent(first)}</td>
        {Markup.Join(values.Select(v => Cell(v, v - first)))}</tr>
        """);

    private static Markup Cell(double value, double difference)
    {
        if (double.IsNaN(difference)) return Markup.Of($"<td class=\"n\">{Figures.Undefined}</td>");
        var strength = Math.Round(Math.Min(1, Math.Abs(difference) / FullShade) * 100).ToString(CultureInfo.InvariantCulture);
        return Markup.Of($"<td class=\"n {(difference < 0 ? "worse" : "better")}\" style=\"--s:{strength}%\" title=\"{Figures.Percent(value)}\">{Figures.Points(difference)}</td>");
    }
}
