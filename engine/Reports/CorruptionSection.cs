using System.Globalization;
using System.Text;
using OnnxAudit.Analyses;

namespace OnnxAudit.Reports;

/// <summary>Corruption grids: accuracy over the prune ratio as a small histogram a corruption and family, then mean corruption errors.</summary>
internal static class CorruptionSection
{
    private const double BarWidth = 9, BarGap = 2, Height = 40;

    /// <summary>Two tables a grid; nothing without corrupted suites.</summary>
    public static Markup Write(Analysis? analysis, ReportSource source) => analysis is null ? Markup.None
        : Markup.Join(analysis.Corruptions.GroupBy(c => (c.Suite, c.Device)).Select(grid => Grid(grid.Key.Suite, [.. grid], source)));

    private static Markup Grid(string suite, VariantCorruptions[] figures, ReportSource source)
    {
        var families = Families(figures, source);
        string[] corruptions = [.. figures.SelectMany(f => f.Corruptions.Select(c => c.Name)).Distinct()];
        return Markup.Of($"""
            <h3>{suite}</h3><div class="scroll"><table class="evaluation"><thead><tr><th>Corruption</th>{Markup.Join(families.Select(f => Markup.Of($"<th>{f.Name}</th>")))}</tr></thead><tbody>
            {Markup.Join(corruptions.Prepend("").Select(name => Markup.Of($"<tr><th scope=\"row\">{(name.Length == 0 ? "clean" : name)}</th>{Markup.Join(families.Select(f => Markup.Of($"<td>{Bars(f.Members, name)}</td>")))}</tr>")))}
            </tbody></table></div>
            <p><small>A bar a variant, from the model as it is on the left to the most pruned; its height is accuracy from 0 to 100 %, mean over severities; the first and the last in figures. Hover for the others.</small></p>
            <h4>Mean corruption error</h4><div class="scroll"><table><thead><tr><th>Variant</th><th class="n">Clean</th><th class="n" title="Over the 15 common corruptions; – where one is missing">Common</th>
            <th class="n" title="Over every corruption of the table; – where one is missing">All</th><th class="n" title="Over the corruptions of this bundle">Present</th>{Heads(figures)}
            <th class="n" title="Summed errors over the reference's">CE</th><th class="n" title="The same with clean errors taken off">Relative CE</th><th>Reference</th></tr></thead><tbody>
            {Markup.Join(figures.Select(f => Row(f, figures)))}</tbody></table></div>
            """);
    }

    /// <summary>The variants of each family by amount, the model they come from first; models without a family stand alone.</summary>
    private static (string Name, (double Amount, VariantCorruptions Figure)[] Members)[] Families(VariantCorruptions[] figures, ReportSource source)
    {
        var variants = figures.Select(f => (Figure: f, Variant: source.Variants.FirstOrDefault(v => v.Id == f.Variant) ?? new ReportVariant(f.Variant, "", null, 0))).ToArray();
        var several = variants.Select(v => v.Variant.Model).Distinct().Count() > 1;
        var families = variants.Where(v => v.Variant.Family is not null).GroupBy(v => (v.Variant.Model, v.Variant.Family)).Select(g => (several ? $"{g.Key.Model}, {g.Key.Family}" : g.Key.Family!,
            variants.Where(v => v.Variant.Model == g.Key.Model && v.Variant.Family is null).Concat(g.OrderBy(v => v.Variant.Amount)).Select(v => (v.Variant.Amount, v.Figure)).ToArray())).ToArray();
        var covered = families.SelectMany(f => f.Item2.Select(m => m.Figure.Variant)).ToHashSet();
        return [.. families, .. variants.Where(v => !covered.Contains(v.Figure.Variant)).Select(v => (v.Figure.Variant, new[] { (v.Variant.Amount, v.Figure) }))];
    }

    private static Markup Bars((double Amount, VariantCorruptions Figure)[] members, string corruption)
    {
        var svg = new StringBuilder();
        var values = new StringBuilder();
        var ends = new List<double>();
        for (var i = 0; i < members.Length; i++)
        {
            var (amount, figure) = members[i];
            var accuracy = 1 - (corruption.Length == 0 ? figure.Clean : figure.Corruptions.Where(c => c.Name == corruption).Select(c => c.Error).DefaultIfEmpty(double.NaN).First());
            if (double.IsNaN(accuracy)) continue;
            ends.Add(accuracy);
            var label = string.Create(CultureInfo.InvariantCulture, $"{amount * 100:0.#} % removed: {accuracy * 100:0.0} %");
            values.Append(values.Length > 0 ? "; " : "").Append(label);
            svg.Append(Markup.Of($"<rect class=\"bar\" x=\"{i * (BarWidth + BarGap)}\" y=\"{Height - accuracy * Height}\" width=\"{BarWidth}\" height=\"{accuracy * Height}\"><title>{label}</title></rect>").Html);
        }

        var width = members.Length * (BarWidth + BarGap);
        return Markup.Of($"<svg class=\"bars\" viewBox=\"0 0 {width} {Height}\" style=\"width:{width}px;height:{Height}px\" role=\"img\" aria-label=\"{values.ToString()}\"><path class=\"axis\" d=\"M0 {Height - 0.5}H{width}\"/>{new Markup(svg.ToString())}</svg> {Span(ends)}");
    }

    /// <summary>Accuracy of the first variant and of the last, in figures.</summary>
    private static string Span(List<double> accuracies) => accuracies.Count switch
    {
        0 => "",
        1 => Figures.Percent(accuracies[0]),
        _ => $"{Figures.Percent(accuracies[0])} → {Figures.Percent(accuracies[^1])}",
    };

    private static Markup Heads(VariantCorruptions[] figures) => Markup.Join(Severities(figures).Select(s => Markup.Of($"<th class=\"n\" title=\"Mean error at severity {s}\">Sev. {s}</th>")));

    private static Markup Row(VariantCorruptions figure, VariantCorruptions[] all) => Markup.Of($"""
        <tr><th scope="row">{Markup.Name(figure.Variant)}</th><td class="n">{Figures.Percent(figure.Clean)}</td>{Markup.Join(figure.Means.Select(m => Markup.Of($"<td class=\"n\">{Figures.Percent(m.Error)}</td>")))}
        {Markup.Join(Severities(all).Select(s => Markup.Of($"<td class=\"n\">{Figures.Percent(figure.Severities.Where(v => v.Severity == s).Select(v => v.Error).DefaultIfEmpty(double.NaN).First())}</td>")))}
        <td class="n strong">{Figures.Plain(figure.Means[^1].Ratio)}</td><td class="n">{Figures.Plain(figure.Means[^1].Relative)}</td><td>{figure.Reference ?? Figures.Undefined}</td></tr>
        """);

    private static int[] Severities(VariantCorruptions[] figures) => [.. figures.SelectMany(f => f.Severities.Select(s => s.Severity)).Distinct().Order()];
}
