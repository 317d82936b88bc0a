using OnnxAudit.Bundles;

namespace OnnxAudit.Reports;

/// <summary>What each cell's filters say about its samples, layer by layer.</summary>
internal static class SaliencySection
{
    /// <summary>Two figures a cell with saliency: the mean profile, and the standardised ones of correct and wrong samples.</summary>
    public static Markup Write(Bundle bundle) => Markup.Join(bundle.Cells.Where(c => c.Result.Layers.Count > 0).Select((cell, i) =>
    {
        var figures = SaliencyFigures.Of(bundle, cell);
        var layers = cell.Result.Layers;
        return Markup.Of($"""
            <details class="geometry"{new Markup(i == 0 ? " open" : "")}><summary>{cell.Cell.Variant} on {cell.Cell.Suite}: {Figures.Count(figures.Filters)} filters in {layers.Count} layers</summary>
            {ProfileChart.Draw("Mean saliency of all samples", "mean |gradient|", layers, [("all samples", "s0", figures.Means)])}
            {ProfileChart.Draw("Standardised saliency of correct and of wrong samples", "mean ŝ", layers, [("correct", "s0", figures.CorrectStandardised), ("wrong", "s1", figures.WrongStandardised)])}
            </details>
            """);
    }));
}
