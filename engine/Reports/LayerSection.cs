using OnnxAudit.Comparison.Layers;

namespace OnnxAudit.Reports;

/// <summary>Two models layer by layer as tables: which weights are zero, how weights changed, how the layers' outputs changed.</summary>
internal static class LayerSection
{
    /// <summary>The weights: a row a tensor and a row of sums.</summary>
    public static Markup Weights(LayerComparison comparison)
    {
        var compared = comparison.Weights.Where(w => w.Change is not null).ToArray();
        var zeros = (Both: compared.Sum(w => w.Change!.ZeroInBoth), First: compared.Sum(w => w.Change!.ZeroOnlyInFirst), Second: compared.Sum(w => w.Change!.ZeroOnlyInSecond));
        var count = compared.Sum(w => w.Count);
        return Markup.Of($"""
            {ChangeBars.Legend}<div class="scroll"><table><thead><tr><th>Weight</th><th>values after, by change</th><th class="n">elements</th><th>zeros</th><th class="n narrow">zero in both</th><th class="n narrow">zero only before</th><th class="n narrow">zero only after</th>
            <th class="n">mean |w|</th><th class="n">mean |Δw|</th><th class="n">‖Δw‖/‖w‖</th><th class="n">cosine</th></tr></thead><tbody>
            {Markup.Join(comparison.Weights.Select(Row))}
            <tr><th scope="row">all compared</th><td></td><td class="n">{Figures.Count(count)}</td>{Zeros(zeros.Both, zeros.First, zeros.Second, count)}<td colspan="4"></td></tr>
            </tbody></table></div>
            """);
    }

    /// <summary>The layers' outputs: a row a layer; nothing without data.</summary>
    public static Markup Activations(LayerComparison comparison) => comparison.Activations.Count == 0 ? Markup.None : Markup.Of($"""
        {ChangeBars.Legend}<div class="scroll"><table><thead><tr><th>Layer</th><th>values after, by change</th><th>one sample</th><th class="n">mean |x|</th><th class="n">mean |Δx|</th><th class="n">‖Δx‖/‖x‖</th><th class="n">cosine</th></tr></thead><tbody>
        {Markup.Join(comparison.Activations.Select(a => Markup.Of($"<tr><th scope=\"row\">{Pair(a.Layer, a.OtherLayer)}</th><td>{ChangeBars.Draw(a.Change.Histogram)}</td><td>{Sizes(a.Shape)}</td>{Measure(a.Change)}</tr>")))}
        </tbody></table></div>
        """);

    /// <summary>What could not be compared.</summary>
    public static Markup Remarks(LayerComparison comparison)
    {
        string[] lines =
        [
            .. comparison.Weights.Where(w => w.Matched != MatchedBy.Name).Select(w => $"{w.Name} was matched with {w.OtherName} by {(w.Matched == MatchedBy.Node ? "its node's name" : "operator, shape and place")}."),
            .. comparison.OnlyInFirst.Select(n => $"{n} has no match in {comparison.Second}."),
            .. comparison.OnlyInSecond.Select(n => $"{n} has no match in {comparison.First}."),
            .. comparison.Notes,
        ];
        return lines.Length == 0 ? Markup.None : Markup.Of($"<ul>{Markup.Join(lines.Select(l => Markup.Of($"<li>{l}</li>")))}</ul>");
    }

    private static Markup Row(WeightChange weight) => Markup.Of($"""
        <tr><th scope="row">{Pair(weight.Name, weight.OtherName)} <small>{weight.OpType} {Sizes(weight.Shape)}</small></th><td>{(weight.Change is { } h ? ChangeBars.Draw(h.Histogram) : Markup.None)}</td><td class="n">{Figures.Count(weight.Count)}</td>
        {(weight.Change is { } c ? Markup.Of($"{Zeros(c.ZeroInBoth, c.ZeroOnlyInFirst, c.ZeroOnlyInSecond, weight.Count)}{Measure(c)}")
            : Markup.Of($"<td colspan=\"8\">{Sizes(weight.OtherShape)} after; zeros {Figures.Percent((double)weight.Zeros / weight.Count)} before, {Figures.Percent((double)weight.OtherZeros / weight.OtherCount)} after</td>"))}</tr>
        """);

    private static Markup Zeros(long both, long first, long second, long count)
    {
        double Share(long n) => count == 0 ? double.NaN : (double)n / count;
        var (a, b, c) = (Share(both) * 96, Share(first) * 96, Share(second) * 96);
        var bar = count == 0 ? Markup.None : Markup.Of($"<svg class=\"zeros\" viewBox=\"0 0 96 12\" aria-hidden=\"true\"><rect class=\"track-area\" width=\"96\" height=\"12\"/><rect class=\"both\" width=\"{a}\" height=\"12\"/><rect class=\"before\" x=\"{a}\" width=\"{b}\" height=\"12\"/><rect class=\"after\" x=\"{a + b}\" width=\"{c}\" height=\"12\"/></svg>");
        return Markup.Of($"<td>{bar}</td><td class=\"n\">{Figures.Percent(Share(both))}</td><td class=\"n\">{Figures.Percent(Share(first))}</td><td class=\"n\">{Figures.Percent(Share(second))}</td>");
    }

    private static Markup Measure(ElementChange change) => Markup.Of($"""
        <td class="n">{Figures.Plain(change.Measure.MeanSize)}</td><td class="n">{Figures.Plain(change.Measure.MeanChange)}</td><td class="n">{Figures.Plain(change.Measure.RelativeChange)}</td><td class="n">{Figures.Plain(change.Measure.Cosine)}</td>
        """);

    private static Markup Pair(string name, string other) => name == other ? Markup.Name(name) : Markup.Of($"{Markup.Name(name)} → {Markup.Name(other)}");

    private static string Sizes(IReadOnlyList<long> shape) => string.Join('×', shape.Select(s => FormattableString.Invariant($"{s}")));
}
