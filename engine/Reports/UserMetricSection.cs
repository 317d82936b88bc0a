namespace OnnxAudit.Reports;

/// <summary>The metrics users joined to variants (energy, a device's latency, …).</summary>
internal static class UserMetricSection
{
    /// <summary>What a user's metric is called by in a cell, before its own name.</summary>
    public const string Prefix = "user.";

    /// <summary>A table: a row a variant, a column a metric; nothing when there are none.</summary>
    public static Markup Write(ReportSource source)
    {
        var byVariant = source.Cells.GroupBy(c => c.Cell.Variant, StringComparer.Ordinal).Select(g => g.First()).ToArray();
        var names = byVariant.SelectMany(c => c.All.Metrics).Select(m => m.Key).Where(k => k.StartsWith(Prefix, StringComparison.Ordinal)).Distinct().ToArray();
        if (names.Length == 0) return Markup.None;
        return Markup.Of($"""
            <div class="scroll"><table><thead><tr><th>Variant</th>{Markup.Join(names.Select(n => Markup.Of($"<th class=\"n\">{n[Prefix.Length..]}</th>")))}</tr></thead><tbody>
            {Markup.Join(byVariant.Select(c => Markup.Of($"<tr><th scope=\"row\">{Markup.Name(c.Cell.Variant)}</th>{Markup.Join(names.Select(n => Markup.Of($"<td class=\"n\">{Figures.Plain(c.Metric(n))}</td>")))}</tr>")))}
            </tbody></table></div>
            """);
    }
}
