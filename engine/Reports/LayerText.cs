using OnnxAudit.Comparison.Layers;

namespace OnnxAudit.Reports;

/// <summary>A comparison of layers as text for people.</summary>
public static class LayerText
{
    /// <summary>A row a weight, then a row a layer's output.</summary>
    public static void Write(LayerComparison comparison, TextPage page)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        ArgumentNullException.ThrowIfNull(page);
        page.Heading($"Layers of {Path.GetFileName(comparison.First)} (before) and {Path.GetFileName(comparison.Second)} (after)");
        var weights = new TextTable(("weight", TextAlign.Shrink), ("elements", TextAlign.Right), ("zero in both", TextAlign.Right), ("only before", TextAlign.Right), ("only after", TextAlign.Right),
            ("mean |w|", TextAlign.Right), ("mean |Δw|", TextAlign.Right), ("‖Δw‖/‖w‖", TextAlign.Right), ("cosine", TextAlign.Right));
        foreach (var weight in comparison.Weights)
            if (weight.Change is { Measure: var m } c)
                weights.Add(weight.Name, Figures.Count(weight.Count), Share(c.ZeroInBoth, weight.Count), Share(c.ZeroOnlyInFirst, weight.Count), Share(c.ZeroOnlyInSecond, weight.Count),
                    Figures.Plain(m.MeanSize), Figures.Plain(m.MeanChange), Figures.Plain(m.RelativeChange), Figures.Plain(m.Cosine));
        page.Table(weights);
        page.Line();
        if (comparison.Activations.Count > 0) Activations(comparison, page);
        foreach (var weight in comparison.Weights.Where(w => w.Matched != MatchedBy.Name))
            page.Line($"note: {weight.Name} was matched with {weight.OtherName} by {(weight.Matched == MatchedBy.Node ? "its node's name" : "operator, shape and place")}");
        foreach (var name in comparison.OnlyInFirst) page.Line($"note: {name} is in {comparison.First} only");
        foreach (var name in comparison.OnlyInSecond) page.Line($"note: {name} is in {comparison.Second} only");
        foreach (var note in comparison.Notes) page.Line($"note: {note}");
    }

    private static void Activations(LayerComparison comparison, TextPage page)
    {
        page.Heading($"Outputs over {Figures.Count(comparison.Samples)} samples of {comparison.Data}");
        var table = new TextTable(("layer", TextAlign.Shrink), ("one sample", TextAlign.Left), ("mean |x|", TextAlign.Right), ("mean |Δx|", TextAlign.Right), ("‖Δx‖/‖x‖", TextAlign.Right), ("cosine", TextAlign.Right));
        foreach (var activation in comparison.Activations)
        {
            var m = activation.Change.Measure;
            table.Add(activation.Layer, string.Join('×', activation.Shape.Select(s => FormattableString.Invariant($"{s}"))), Figures.Plain(m.MeanSize), Figures.Plain(m.MeanChange), Figures.Plain(m.RelativeChange), Figures.Plain(m.Cosine));
        }

        page.Table(table);
        page.Line();
    }

    private static string Share(long part, long whole) => Figures.Percent(whole == 0 ? double.NaN : (double)part / whole);
}
