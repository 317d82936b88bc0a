using System.Globalization;
using OnnxAudit.Analyses;
using OnnxAudit.Comparison.Behaviours;

namespace OnnxAudit.Reports;

/// <summary>Every compressed variant against the model it comes from: behaviours, transitions, what changed most.</summary>
internal static class BehaviourSection
{
    private const int MostDetails = 24, MostOpen = 3, MostPairs = 8, MostSlices = 8;
    private const double Alpha = 0.05;

    /// <summary>A table a suite, then the details of each comparison, folded; nothing without a compressed variant.</summary>
    public static Markup Write(Analysis? analysis) => analysis is null ? Markup.None : Markup.Join(analysis.Comparisons.GroupBy(c => (c.Model.Suite, c.Model.Device)).Select(place => Markup.Of($"""
        <h3>{place.Key.Suite} <small>{Figures.Count(place.First().Samples)} samples</small></h3><div class="scroll"><table><thead><tr><th>Model</th><th>Base</th><th class="n">Accuracy</th><th class="n">Points</th>
        <th class="n" title="Right before, wrong after">Lost</th><th class="n" title="Wrong before, right after">Gained</th><th class="n" title="Exact two-sided McNemar test, Holm over all classes, groups and models">p (Holm)</th>
        <th class="n" title="Predictions that changed">Changed</th><th class="n" title="Probability of the true class, points">Confidence</th><th class="n" title="KL divergence of the class probabilities, bits">KL</th>
        <th class="n" title="Mean squared difference of the logits">MSE</th></tr></thead><tbody>{Markup.Join(place.Select(Row))}</tbody></table></div>
        {Folded([.. place])}
        """)));

    private static Markup Folded(CellComparison[] comparisons)
    {
        var details = Markup.Join(comparisons.Take(MostDetails).Select(Details));
        if (comparisons.Length <= MostOpen) return details;
        var left = comparisons.Length <= MostDetails ? Markup.None : Markup.Of($"<p class=\"none\">Details of {MostDetails} of {comparisons.Length} comparisons; compare prints the others.</p>");
        return Markup.Of($"<details><summary>Model by model: transitions and what changed most</summary>{details}{left}</details>");
    }

    private static Markup Row(CellComparison comparison)
    {
        var all = comparison.Slices[0];
        var correctness = ComparisonText.Of(all, "correctness");
        return Markup.Of($"""
            <tr><th scope="row">{Markup.Name(comparison.Model.Variant)}</th><td>{Markup.Name(comparison.Base.Variant)}</td><td class="n strong">{Figures.Percent(correctness.Model)}</td><td class="n">{Figures.Points(correctness.Comparison)}</td>
            <td class="n">{Figures.Count(all.Lost)}</td><td class="n">{Figures.Count(all.Gained)}</td><td class="n{(correctness.Adjusted < Alpha ? " strong" : "")}">{ComparisonText.P(correctness.Adjusted)}</td>
            <td class="n">{Figures.Percent(ComparisonText.Of(all, "changed").Comparison)}</td><td class="n">{Figures.Points(ComparisonText.Of(all, "confidence").Comparison)}</td>
            <td class="n">{Figures.Plain(ComparisonText.Of(all, "kl").Comparison)}</td><td class="n">{Figures.Plain(ComparisonText.Of(all, "logits.mse").Comparison)}</td></tr>
            """);
    }

    private static Markup Details(CellComparison comparison) => Markup.Of($"""
        <details><summary>{comparison.Model.Variant}: transitions and what changed most</summary>
        <div class="scroll"><table><thead><tr><th>Transition</th><th class="n">Samples</th><th class="n">Share</th>{Markup.Join(comparison.Transitions[0].Changes.Select(c =>
            Markup.Of($"<th class=\"n\" title=\"Mean of after − before; 5 to 95 % of the samples\">Δ {c.Key}</th>")))}</tr></thead><tbody>{Markup.Join(comparison.Transitions.Select(Transition))}</tbody></table></div>
        <div class="charts"><div>{Pairs(comparison)}</div><div>{Slices(comparison)}</div></div></details>
        """);

    private static Markup Transition(TransitionRow row) => Markup.Of($"""
        <tr><th scope="row">{ComparisonJson.Word(row.Kind)}</th><td class="n">{Figures.Count(row.Samples)}</td><td class="n">{Figures.Percent(row.Share)}</td>
        {Markup.Join(row.Changes.Select(c => row.Samples == 0 ? Markup.Of($"<td class=\"n\">{Figures.Undefined}</td>")
            : Markup.Of($"<td class=\"n\">{Figures.Plain(c.Value.Mean)} <small>{Figures.Plain(c.Value.Q05)} to {Figures.Plain(c.Value.Q95)}</small></td>")))}</tr>
        """);

    private static Markup Pairs(CellComparison comparison) => comparison.Pairs.Count == 0 ? Markup.Of($"<p class=\"none\">No prediction changed.</p>") : Markup.Of($"""
        <h4>Changed predictions</h4><div class="scroll"><table><thead><tr><th>From &gt; to</th><th class="n">Samples</th><th class="n">Share</th><th class="n">Lost</th><th class="n">Gained</th></tr></thead><tbody>
        {Markup.Join(comparison.Pairs.Take(MostPairs).Select(p => Markup.Of($"<tr><th scope=\"row\">{comparison.Classes[p.From]} &gt; {comparison.Classes[p.To]}</th><td class=\"n\">{Figures.Count(p.Samples)}</td><td class=\"n\">{Figures.Percent(p.Share)}</td><td class=\"n\">{Figures.Count(p.Lost)}</td><td class=\"n\">{Figures.Count(p.Gained)}</td></tr>")))}
        </tbody></table></div><p><small>Samples that moved furthest: {string.Join(", ", comparison.Instances.Take(12).Select(i => i.Row.ToString(CultureInfo.InvariantCulture)))}</small></p>
        """);

    private static Markup Slices(CellComparison comparison)
    {
        var rows = comparison.Slices.Skip(1).Where(s => s.Lost + s.Gained > 0).OrderByDescending(s => Math.Abs(ComparisonText.Of(s, "correctness").Comparison)).Take(MostSlices).ToArray();
        return rows.Length == 0 ? Markup.None : Markup.Of($"""
            <h4>Classes and groups that changed most</h4><div class="scroll"><table><thead><tr><th>Slice</th><th class="n">Points</th><th class="n" title="Change of the error rate over the base's, percent">Error, %</th><th class="n">p (Holm)</th></tr></thead><tbody>
            {Markup.Join(rows.Select(s => Markup.Of($"<tr><th scope=\"row\">{s.Slice.Name}</th><td class=\"n\">{Figures.Points(ComparisonText.Of(s, "correctness").Comparison)}</td><td class=\"n\">{ComparisonText.Relative(ComparisonText.Of(s, "error").Relative)}</td><td class=\"n\">{ComparisonText.P(ComparisonText.Of(s, "correctness").Adjusted)}</td></tr>")))}
            </tbody></table></div>
            """);
    }
}
