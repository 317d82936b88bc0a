using System.Globalization;
using System.Text;

namespace OnnxAudit.Reports;

/// <summary>A point of a series with the interval it is known to; low and high NaN when there is none.</summary>
internal readonly record struct ChartPoint(double X, double Y, double Low, double High);

/// <summary>A line of a chart.</summary>
internal sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points);

/// <summary>Lines with markers and interval whiskers, drawn as inline SVG. Series differ by colour, marker and dash, so none is told by colour alone.</summary>
internal static class LineChart
{
    /// <summary>Series a chart can tell apart.</summary>
    public const int MostSeries = 6;

    private const double Width = 480, Height = 300, Left = 58, Right = 12, Top = 12, Bottom = 46;

    /// <summary>The chart with its legend under it.</summary>
    public static Markup Draw(string title, string xLabel, string yLabel, IReadOnlyList<ChartSeries> series)
    {
        var points = series.SelectMany(s => s.Points).ToArray();
        var xs = Axis.Over(points.Min(p => p.X), points.Max(p => p.X), 5);
        var ys = Axis.Over(points.Min(Lowest), points.Max(Highest), 5);
        var svg = new StringBuilder();
        Frame(svg, xs, ys, xLabel, yLabel);
        for (var i = 0; i < series.Count; i++) Line(svg, series[i], i % MostSeries, xs, ys);
        var legend = Markup.Join(series.Select((s, i) =>
            Markup.Of($"<li class=\"s{i % MostSeries}\"><svg viewBox=\"0 0 28 12\" aria-hidden=\"true\"><path class=\"line\" d=\"M1 6H27\"/>{Marker(i % MostSeries, 14, 6)}</svg>{s.Name}</li>")));
        return Markup.Of($"""
            <figure class="chart"><figcaption>{title}</figcaption>
            <svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{title}: {yLabel} against {xLabel}, {series.Count} lines">{new Markup(svg.ToString())}</svg>
            <ul class="legend">{legend}</ul></figure>
            """);
    }

    private static void Frame(StringBuilder svg, Axis xs, Axis ys, string xLabel, string yLabel)
    {
        foreach (var tick in ys.Ticks)
        {
            var y = Y(ys, tick);
            svg.Append(Markup.Of($"<path class=\"grid\" d=\"M{Left} {y}H{Width - Right}\"/><text x=\"{Left - 6}\" y=\"{y + 4}\" text-anchor=\"end\">{ys.Label(tick)}</text>").Html);
        }

        foreach (var tick in xs.Ticks)
            svg.Append(Markup.Of($"<text x=\"{X(xs, tick)}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{xs.Label(tick)}</text>").Html);
        svg.Append(Markup.Of($"""
            <path class="axis" d="M{Left} {Height - Bottom}H{Width - Right}"/>
            <text class="label" x="{(Left + Width - Right) / 2}" y="{Height - 6}" text-anchor="middle">{xLabel}</text>
            <text class="label" transform="translate(13 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle">{yLabel}</text>
            """).Html);
    }

    private static void Line(StringBuilder svg, ChartSeries series, int style, Axis xs, Axis ys)
    {
        var points = series.Points.Where(p => double.IsFinite(p.Y)).OrderBy(p => p.X).ToArray();
        var path = string.Join(' ', points.Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{X(xs, p.X):0.##} {Y(ys, p.Y):0.##}")));
        svg.Append(Markup.Of($"<g class=\"s{style}\"><path class=\"line\" d=\"{path}\"/>").Html);
        foreach (var p in points)
        {
            if (double.IsFinite(p.Low) && double.IsFinite(p.High))
                svg.Append(Markup.Of($"<path class=\"whisker\" d=\"M{X(xs, p.X)} {Y(ys, p.Low)}V{Y(ys, p.High)}\"/>").Html);
            svg.Append(Marker(style, X(xs, p.X), Y(ys, p.Y)).Html);
        }

        svg.Append("</g>");
    }

    /// <summary>The marker of a series, centred.</summary>
    public static Markup Marker(int style, double x, double y) => style switch
    {
        0 => Markup.Of($"<circle class=\"mark\" cx=\"{x}\" cy=\"{y}\" r=\"4\"/>"),
        1 => Markup.Of($"<rect class=\"mark\" x=\"{x - 3.5}\" y=\"{y - 3.5}\" width=\"7\" height=\"7\"/>"),
        2 => Markup.Of($"<path class=\"mark\" d=\"M{x} {y - 5}l4.6 8h-9.2z\"/>"),
        3 => Markup.Of($"<path class=\"mark\" d=\"M{x} {y - 5}l5 5l-5 5l-5 -5z\"/>"),
        4 => Markup.Of($"<path class=\"mark\" d=\"M{x} {y + 5}l4.6 -8h-9.2z\"/>"),
        _ => Markup.Of($"<circle class=\"mark open\" cx=\"{x}\" cy=\"{y}\" r=\"3.5\"/>"),
    };

    private static double Lowest(ChartPoint p) => double.IsFinite(p.Low) ? p.Low : p.Y;

    private static double Highest(ChartPoint p) => double.IsFinite(p.High) ? p.High : p.Y;

    private static double X(Axis axis, double value) => Left + axis.Place(value) * (Width - Left - Right);

    private static double Y(Axis axis, double value) => Height - Bottom - axis.Place(value) * (Height - Top - Bottom);
}
