using System.Globalization;
using System.Text;
using OnnxAudit.Saliency;

namespace OnnxAudit.Reports;

/// <summary>A profile's filters, layer by layer at equal width and sorted within each layer, highest first: the form of figures 1 and 2 of arXiv 2108.01335.</summary>
internal static class ProfileChart
{
    private const double Width = 960, Height = 250, Left = 62, Right = 10, Top = 10, Bottom = 52;

    /// <summary>The chart: one line a series (name, style class, value per filter); undefined values are left out of their layer's line.</summary>
    public static Markup Draw(string title, string yLabel, IReadOnlyList<FilterLayer> layers, IReadOnlyList<(string Name, string Style, double[] Values)> series)
    {
        var finite = series.SelectMany(s => s.Values).Where(double.IsFinite).ToArray();
        if (finite.Length == 0) return Markup.None;
        var axis = Axis.Over(Math.Min(0, finite.Min()), finite.Max(), 4);
        var svg = new StringBuilder();
        Bands(svg, layers);
        foreach (var tick in axis.Ticks)
            svg.Append(Markup.Of($"<path class=\"grid\" d=\"M{Left} {Y(axis, tick)}H{Width - Right}\"/><text x=\"{Left - 6}\" y=\"{Y(axis, tick) + 4}\" text-anchor=\"end\">{axis.Label(tick)}</text>").Html);
        foreach (var (_, style, values) in series) svg.Append(Markup.Of($"<path class=\"line {style}\" d=\"{Path(axis, layers, values)}\"/>").Html);
        svg.Append(Markup.Of($"""
            <path class="axis" d="M{Left} {Height - Bottom}H{Width - Right}"/>
            <text class="label" x="{(Left + Width - Right) / 2}" y="{Height - 6}" text-anchor="middle">layers in order of depth; within a layer, filters from the most salient to the least</text>
            <text class="label" transform="translate(12 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle">{yLabel}</text>
            """).Html);
        var legend = series.Count < 2 ? Markup.None : Markup.Of($"<ul class=\"legend\">{Markup.Join(series.Select(s =>
            Markup.Of($"<li class=\"{s.Style}\"><svg viewBox=\"0 0 28 12\" aria-hidden=\"true\"><path class=\"line\" d=\"M1 6H27\"/></svg>{s.Name}</li>")))}</ul>");
        return Markup.Of($"""
            <figure class="chart profile"><figcaption>{title}</figcaption>
            <svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{title}: {yLabel}, {layers.Count} layers">{new Markup(svg.ToString())}</svg>{legend}</figure>
            """);
    }

    /// <summary>A band a layer, every second one shaded, with its number (as many as have room) and its name on hovering.</summary>
    private static void Bands(StringBuilder svg, IReadOnlyList<FilterLayer> layers)
    {
        var width = (Width - Left - Right) / layers.Count;
        var every = (int)Math.Ceiling(22 / width);
        for (var i = 0; i < layers.Count; i++)
        {
            var x = Left + i * width;
            svg.Append(Markup.Of($"<rect class=\"{(i % 2 == 0 ? "band" : "band clear")}\" x=\"{x}\" y=\"{Top}\" width=\"{width}\" height=\"{Height - Top - Bottom}\"><title>{i + 1}: {layers[i].Weight}, {layers[i].Filters} filters</title></rect>").Html);
            if (i % every == 0) svg.Append(Markup.Of($"<text x=\"{x + width / 2}\" y=\"{Height - Bottom + 17}\" text-anchor=\"middle\">{i + 1}</text>").Html);
        }
    }

    private static string Path(Axis axis, IReadOnlyList<FilterLayer> layers, double[] values)
    {
        var path = new StringBuilder();
        var width = (Width - Left - Right) / layers.Count;
        for (var i = 0; i < layers.Count; i++)
        {
            double[] sorted = [.. values.AsSpan(layers[i].First, layers[i].Filters).ToArray().Where(double.IsFinite).OrderDescending()];
            for (var k = 0; k < sorted.Length; k++)
                path.Append(CultureInfo.InvariantCulture, $"{(k == 0 ? 'M' : 'L')}{Left + (i + (k + 0.5) / sorted.Length) * width:0.##} {Y(axis, sorted[k]):0.##}");
        }

        return path.ToString();
    }

    private static double Y(Axis axis, double value) => Height - Bottom - axis.Place(value) * (Height - Top - Bottom);
}
