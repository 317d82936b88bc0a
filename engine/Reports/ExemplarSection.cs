using OnnxAudit.Analyses;

namespace OnnxAudit.Reports;

/// <summary>Exemplars: how many samples each treatment changes the modal label of, whether they were hard already, and how far treatments agree.</summary>
internal static class ExemplarSection
{
    private const int MostTreatments = 24;

    /// <summary>Two tables a suite; nothing without a compressed variant.</summary>
    public static Markup Write(Analysis? analysis) => analysis is null ? Markup.None : Markup.Join(analysis.Exemplars.Groups.GroupBy(g => (g.Suite, g.Device)).Select(place => Markup.Of($"""
        <h3>{place.Key.Suite}</h3><div class="scroll"><table><thead><tr><th>Treatment</th><th>Kind</th><th class="n" title="Models before and after; with one a side an exemplar is a plain disagreement">K</th><th class="n">Exemplars</th><th class="n">Share</th>
        <th class="n" title="Accuracy of the uncompressed models on the exemplars">Accuracy there</th><th class="n">Overall</th><th class="n" title="Samples whose modal label was tied">Tied</th></tr></thead><tbody>
        {Markup.Join(place.Select((g, i) => Row(g, i + 1)))}</tbody></table></div>{Agreement([.. place], analysis)}
        """)));

    private static Markup Row(ExemplarFigure group, int number) => Markup.Of($"""
        <tr><th scope="row">{number} {group.Treatment}</th><td>{(group.Kind == "pruning" ? "PIE" : "CIE")}</td><td class="n">{group.Before.Count} + {group.After.Count}</td><td class="n">{Figures.Count(group.Exemplars.Count)}</td>
        <td class="n strong">{Figures.Percent(group.Exemplars.Share)}</td><td class="n">{Figures.Percent(group.OnExemplars)}</td><td class="n">{Figures.Percent(group.Overall)}</td><td class="n">{Figures.Count(group.Exemplars.Tied)}</td></tr>
        """);

    private static Markup Agreement(ExemplarFigure[] groups, Analysis analysis)
    {
        if (groups.Length < 2) return Markup.None;
        var shown = groups.Take(MostTreatments).ToArray();
        var pairs = analysis.Exemplars.Pairs.Where(p => p.Suite == groups[0].Suite && p.Device == groups[0].Device).ToDictionary(p => (p.First, p.Second), p => p.Agreement);
        Markup Cell(ExemplarFigure a, ExemplarFigure b)
        {
            if (!pairs.TryGetValue((a.Treatment, b.Treatment), out var pair) && !pairs.TryGetValue((b.Treatment, a.Treatment), out pair)) return Markup.Of($"<td class=\"n\">{Figures.Undefined}</td>");
            var title = $"Overlap {Figures.Percent(pair.Overlap)}, Cohen's kappa {Figures.Plain(pair.Kappa)}, {Figures.Count(pair.Both)} in both";
            return double.IsNaN(pair.Jaccard) ? Markup.Of($"<td class=\"n\">{Figures.Undefined}</td>") : Markup.Of($"<td class=\"n better\" style=\"--s:{pair.Jaccard}\" title=\"{title}\">{Figures.Percent(pair.Jaccard)}</td>");
        }

        return Markup.Of($"""
            <details><summary>How far the treatments' exemplars agree</summary><p class="lead">Jaccard index of the two sets; hover for overlap and kappa. Numbers are those of the table above.</p>
            <div class="scroll"><table class="heat"><thead><tr><th></th>{Markup.Join(shown.Select((_, i) => Markup.Of($"<th class=\"n\">{i + 1}</th>")))}</tr></thead><tbody>
            {Markup.Join(shown.Select((a, i) => Markup.Of($"<tr><th scope=\"row\">{i + 1} {a.Treatment}</th>{Markup.Join(shown.Select(b => Cell(a, b)))}</tr>")))}</tbody></table></div></details>
            """);
    }
}
