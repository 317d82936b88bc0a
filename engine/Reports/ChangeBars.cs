using System.Globalization;
using System.Text;
using OnnxAudit.Comparison.Layers;

namespace OnnxAudit.Reports;

/// <summary>A histogram of changes as a small inline SVG: bars by value, each stacked by how much the values changed, least at the bottom.</summary>
internal static class ChangeBars
{
    private const double Width = 150, Height = 34, MostOver = 3, CutAt = 1.5;

    /// <summary>The bars; values outside the edges stand in a bar of their own at either end. A bar over three times the next is cut, with a gap in it. Hover for the shares.</summary>
    public static Markup Draw(ChangeHistogram histogram)
    {
        var rows = histogram.Bins + 2;
        var totals = Enumerable.Range(0, rows).Select(r => Enumerable.Range(0, ChangeHistogram.Classes).Sum(c => histogram[r, c])).ToArray();
        var (tallest, step) = (Tallest(totals), Width / rows);
        var svg = new StringBuilder();
        var below = new double[rows];
        for (var c = 0; c < ChangeHistogram.Classes; c++)
        {
            var path = new StringBuilder();
            for (var r = 0; r < rows; r++)
            {
                if (histogram[r, c] == 0) continue;
                var height = histogram[r, c] * (Height - 2) / Math.Max(tallest, totals[r]);
                path.Append(CultureInfo.InvariantCulture, $"M{r * step:0.##} {Height - below[r]:0.##}v{-height:0.##}h{step * 0.9:0.##}v{height:0.##}z");
                below[r] += height;
            }

            if (path.Length > 0) svg.Append(Markup.Of($"<path class=\"k{c}\" d=\"{path.ToString()}\"/>").Html);
        }

        return Markup.Of($"<svg class=\"changes\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Shares(histogram)}\"><title>{Shares(histogram)}</title>{new Markup(svg.ToString())}{Cut(totals, tallest, step)}<path class=\"axis\" d=\"M0 {Height}H{Width}\"/></svg>");
    }

    /// <summary>What the colours mean.</summary>
    public static Markup Legend => Markup.Of($"<p><small>Changed by, of the value before: {Markup.Join(Enumerable.Range(0, ChangeHistogram.Classes).Select(c => Markup.Of($"<span class=\"swatch k{c}\"></span>{Name(c)} ")))} A bar with a gap is cut.</small></p>");

    // A bin many times the others, as the zeros of a pruned weight are, would leave nothing else to see.
    private static double Tallest(long[] totals)
    {
        var ordered = totals.OrderDescending().ToArray();
        return ordered.Length > 1 && ordered[1] > 0 && ordered[0] > MostOver * ordered[1] ? CutAt * ordered[1] : Math.Max(1, ordered[0]);
    }

    private static Markup Cut(long[] totals, double tallest, double step) => Markup.Join(Enumerable.Range(0, totals.Length).Where(r => totals[r] > tallest)
        .Select(r => Markup.Of($"<path class=\"cut\" d=\"M{r * step - 1} {Height * 0.3}h{step * 0.9 + 2}\"/>")));

    private static string Shares(ChangeHistogram histogram)
    {
        var classes = Enumerable.Range(0, ChangeHistogram.Classes).Select(c => Enumerable.Range(0, histogram.Bins + 2).Sum(r => histogram[r, c])).ToArray();
        var all = Math.Max(1, classes.Sum());
        return $"Values {Figures.Plain(histogram.Edges[0])} to {Figures.Plain(histogram.Edges[^1])}; changed by " + string.Join(", ", classes.Select((n, c) => $"{Name(c)}: {Figures.Percent((double)n / all)}"));
    }

    private static string Name(int change)
    {
        var edges = ChangeHistogram.ClassEdges;
        return change + 1 < edges.Count ? FormattableString.Invariant($"{edges[change] * 100:0}–{edges[change + 1] * 100:0} %") : FormattableString.Invariant($"{edges[change] * 100:0} % or more");
    }
}
