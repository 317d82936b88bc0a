using OnnxAudit.Analyses;

namespace OnnxAudit.Reports;

/// <summary>The page around the sections: head, navigation, key figures, footer. One file, no script, no network: its own policy forbids both.</summary>
internal static class HtmlPage
{
    /// <summary>The whole document.</summary>
    public static string Write(ReportSource source, IReadOnlyList<KeyValuePair<string, string>> readings, Markup checks, Markup saliency = default, Markup similarity = default, Analysis? analysis = null)
    {
        // A grid's suites are summed up in a section of their own: a table, chart and histogram each would bury the page.
        var shown = source.WithoutGrids();
        var sections = new (string Id, string Title, string Lead, Markup Body)[]
        {
            ("checks", "Checks", "Each rule of the policy against each cell it covers.", checks),
            ("top", "Top line", "Accuracy with its 95 % Wilson interval; hover a heading for what it means.", TopLineSection.Write(shown)),
            ("families", "Along the family", "The same model under growing masks. Whiskers are 95 % intervals.", FamilySection.Write(shown)),
            ("classes", "Per class", "Accuracy of the first variant, then each other one's difference from it in percentage points.", ClassSection.Write(shown, "class")),
            ("groups", "Per group", "The same for the sample groups.", ClassSection.Write(shown, "group")),
            ("behaviours", "Behaviours", "Each compressed variant against the model it comes from, on the same samples; a p below 0.05 stands out.", BehaviourSection.Write(analysis)),
            ("exemplars", "Exemplars", "Samples whose modal label compression changes: pruning- and compression-identified exemplars.", ExemplarSection.Write(analysis)),
            ("corruptions", "Corruptions", "How accuracy holds under corruption as more is pruned.", CorruptionSection.Write(analysis, source)),
            ("redundancy", "Redundant corruptions", "Mean rank correlation of the samples' angle, length and margin on two suites, over the models; near 1 both ask the same question. Hover for the three.", RedundancySection.Write(analysis)),
            ("correlations", "Geometry and robustness", "How far a sample's angle, length and margin in the clean, uncompressed model tell in how many cells it is classified correctly.", CorrelationSection.Write(analysis)),
            ("geometry", "Feature geometry", "Share of the correct and of the wrong samples in each bin; each group adds up to its own whole. Axes are shared within a suite.", GeometrySection.Write(shown)),
            ("saliency", "Filter saliency", "How strongly each filter's weights would move a sample's loss. Hover a layer for its name; standardised values are deviations from the filter's own mean.", saliency),
            ("similarity", "Similarity of the models", "Which models see the samples alike, suite by suite.", similarity),
            ("metrics", "Your metrics", "As joined from the metrics file.", UserMetricSection.Write(source)),
            ("notes", "Remarks", "What the run had to say about single cells.", Notes(source)),
            ("run", "What was run", "Everything a stranger needs to run it again.", RunSection.Write(source, readings)),
        };
        var cells = source.Cells.Count;
        return Document($"Audit of {Names(source)}", Markup.Of($"""
            <p class="lead">{Counted(source.Variants.Count, "variant")} on {Counted(source.Suites.Count, "suite")}: {Counted(cells, "finished cell")}.</p>
            <div class="cards">{Markup.Join(KeyFigures.Of(source).Select(f => Markup.Of($"<div><b>{f.Value}</b><span>{f.Meaning}</span></div>")))}</div>
            """), sections, "Every figure on this page is read from the bundle; nothing was recomputed from models or data.");
    }

    /// <summary>A page of sections under a title; sections without a body are left out.</summary>
    public static string Document(string title, Markup lead, IReadOnlyList<(string Id, string Title, string Lead, Markup Body)> sections, string footer)
    {
        var shown = sections.Where(s => s.Body.Html is { } html && html.Trim().Length > 0).ToArray();
        return Markup.Of($"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>{title}</title><style>{new Markup(ReportStyle.Css)}</style></head><body>
            <header><div><strong>OnnxAudit report</strong><nav aria-label="Sections">{Markup.Join(shown.Select(s => Markup.Of($"<a href=\"#{s.Id}\">{s.Title}</a>")))}</nav></div></header>
            <main><h1>{title}</h1>
            {lead}
            {Markup.Join(shown.Select(s => Markup.Of($"<section id=\"{s.Id}\"><h2>{s.Title}</h2><p class=\"lead\">{s.Lead}</p>{s.Body}</section>")))}
            <footer>{footer}</footer></main></body></html>

            """).Html;
    }

    private static string Names(ReportSource source)
    {
        var models = source.Variants.Select(v => v.Model).Distinct().ToArray();
        return models.Length switch { 0 => "nothing", <= 3 => string.Join(", ", models), _ => $"{models[0]}, {models[1]} and {models.Length - 2} more" };
    }

    private static string Counted(int count, string noun) => $"{Figures.Count(count)} {noun}{(count == 1 ? "" : "s")}";

    private static Markup Notes(ReportSource source)
    {
        var notes = source.Cells.SelectMany(c => c.Result.Notes.Select(n => (c.Cell.Id, Note: n))).ToArray();
        return notes.Length == 0 ? Markup.None
            : Markup.Of($"<ul>{Markup.Join(notes.Take(200).Select(n => Markup.Of($"<li><b>{n.Id}</b>: {n.Note}</li>")))}</ul>");
    }
}
