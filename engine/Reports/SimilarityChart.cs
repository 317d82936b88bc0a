using System.Globalization;
using System.Text;
using OnnxAudit.Comparison.Similarity;

namespace OnnxAudit.Reports;

/// <summary>The plane of a similarity map as inline SVG: a colour and a marker a suite, the trees as lines, names on hover.</summary>
internal static class SimilarityChart
{
    /// <summary>Suites that colours and markers tell apart.</summary>
    public const int MostSuites = LineChart.MostSeries * LineChart.MostSeries;

    private const double Margin = 16;

    /// <summary>All points and trees of the map.</summary>
    public static Markup Whole(SimilarityMap map)
    {
        var frame = new Frame(map, 720, 520);
        var svg = new StringBuilder();
        for (var t = 0; t < map.Trees.Count; t++) svg.Append(Tree(map, frame, t, "tree").Html);
        for (var i = 0; i < map.Points.Count; i++) svg.Append(Point(map, frame, i, SuiteOf(map, i)).Html);
        return Markup.Of($"""
            <figure class="chart map"><svg viewBox="0 0 {frame.Width} {frame.Height}" role="img" aria-label="Similarity map: {map.Points.Count} points in {map.Trees.Count} suites">{new Markup(svg.ToString())}</svg>
            <ul class="legend">{Markup.Join(map.Trees.Select((t, s) => Markup.Of($"<li class=\"{Colour(s)}\"><svg viewBox=\"0 0 28 12\" aria-hidden=\"true\"><path class=\"tree\" d=\"M1 6H27\"/>{LineChart.Marker(Shape(s), 14, 6)}</svg>{t.Suite}</li>")))}</ul></figure>
            """);
    }

    /// <summary>One suite's tree with its models' numbers, the other suites' points behind it in grey.</summary>
    public static Markup Suite(SimilarityMap map, int suite, IReadOnlyList<string> models)
    {
        var frame = new Frame(map, 340, 250);
        var svg = new StringBuilder();
        for (var i = 0; i < map.Points.Count; i++)
            if (SuiteOf(map, i) != suite) svg.Append(Markup.Of($"<circle class=\"other\" cx=\"{frame.X(i)}\" cy=\"{frame.Y(i)}\" r=\"1.5\"/>").Html);
        svg.Append(Tree(map, frame, suite, "tree strong-tree").Html);
        for (var i = 0; i < map.Points.Count; i++)
            if (SuiteOf(map, i) == suite)
                svg.Append(Point(map, frame, i, suite).Html).Append(Markup.Of($"<text x=\"{frame.X(i) + 6}\" y=\"{frame.Y(i) - 5}\">{Number(models, map.Points[i].Model)}</text>").Html);
        return Markup.Of($"""
            <figure class="chart"><figcaption>{map.Trees[suite].Suite}</figcaption><svg viewBox="0 0 {frame.Width} {frame.Height}" role="img" aria-label="Spanning tree of {map.Trees[suite].Suite}">{new Markup(svg.ToString())}</svg></figure>
            """);
    }

    private static Markup Tree(SimilarityMap map, Frame frame, int suite, string kind)
    {
        var path = string.Concat(map.Trees[suite].Edges.Select(e =>
            string.Create(CultureInfo.InvariantCulture, $"M{frame.X(e.I):0.#} {frame.Y(e.I):0.#}L{frame.X(e.J):0.#} {frame.Y(e.J):0.#}")));
        return path.Length == 0 ? Markup.None : Markup.Of($"<g class=\"{Colour(suite)}\"><path class=\"{kind}\" d=\"{path}\"/></g>");
    }

    private static Markup Point(SimilarityMap map, Frame frame, int i, int suite) =>
        Markup.Of($"<g class=\"{Colour(suite)}\"><title>{map.Points[i].ToString()}</title>{LineChart.Marker(Shape(suite), frame.X(i), frame.Y(i))}</g>");

    private static string Colour(int suite) => FormattableString.Invariant($"s{suite % LineChart.MostSeries}");

    // The marker turns with the colour, so that neighbours in the legend differ in both, and moves on when the colours come round again.
    private static int Shape(int suite) => (suite + suite / LineChart.MostSeries) % LineChart.MostSeries;

    private static int SuiteOf(SimilarityMap map, int point)
    {
        for (var s = 0; s < map.Trees.Count; s++)
            if (map.Trees[s].Suite == map.Points[point].Suite) return s;
        throw new ArgumentException($"no tree of suite '{map.Points[point].Suite}'", nameof(map));
    }

    private static int Number(IReadOnlyList<string> models, string model)
    {
        for (var m = 0; m < models.Count; m++)
            if (models[m] == model) return m + 1;
        return 0;
    }

    /// <summary>From the map's plane to the picture's, one scale for both axes.</summary>
    private sealed class Frame
    {
        private readonly SimilarityMap _map;
        private readonly double _scale, _left, _top, _lowX, _highY;

        public Frame(SimilarityMap map, double width, double tallest)
        {
            (_map, Width) = (map, width);
            var xs = map.Coordinates.Where((_, i) => i % 2 == 0).ToArray();
            var ys = map.Coordinates.Where((_, i) => i % 2 == 1).ToArray();
            var (spanX, spanY) = (Math.Max(xs.Max() - xs.Min(), 1e-9), Math.Max(ys.Max() - ys.Min(), 1e-9));
            _scale = Math.Min((width - 2 * Margin) / spanX, (tallest - 2 * Margin) / spanY);
            Height = Math.Max(tallest / 3, _scale * spanY + 2 * Margin);
            (_lowX, _highY) = (xs.Min(), ys.Max());
            (_left, _top) = ((width - _scale * spanX) / 2, (Height - _scale * spanY) / 2);
        }

        public double Width { get; }

        public double Height { get; }

        public double X(int point) => _left + _scale * (_map.Coordinates[2 * point] - _lowX);

        public double Y(int point) => _top + _scale * (_highY - _map.Coordinates[2 * point + 1]);
    }
}
