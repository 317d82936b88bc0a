using System.Globalization;
using OnnxAudit.Reports;
using OnnxAudit.Saliency;

namespace OnnxAudit.Tests.Reports;

public sealed class ProfileChartTests
{
    private static readonly FilterLayer[] Layers = [Layer("first", 3, 0), Layer("second", 2, 3)];

    [Fact]
    public void Filters_FallWithinEachLayer_AndEveryLayerIsAsWide()
    {
        var lines = Lines([1, 3, 2, 5, 4]);
        Assert.Equal(2, lines.Length);
        foreach (var line in lines) Assert.Equal(line.Select(p => p.Y).Order(), line.Select(p => p.Y)); // down is a larger y
        Assert.Equal([3, 2], lines.Select(l => l.Length));
        Assert.Equal(lines[0].Average(p => p.X) - 62, (lines[1].Average(p => p.X) - 62) / 3, 0.1); // middles at 1/4 and 3/4 of the width
    }

    [Fact]
    public void UndefinedValues_AreLeftOut() => Assert.Equal([2, 2], Lines([1, double.NaN, 2, 5, 4]).Select(l => l.Length));

    [Fact]
    public void NothingDefined_DrawsNothing() => Assert.Equal("", Draw([double.NaN, double.NaN, double.NaN, double.NaN, double.NaN]));

    private static FilterLayer Layer(string name, int filters, int first) => new(name, name, FilterKind.Convolution, filters, first, 9);

    private static string Draw(double[] values) => ProfileChart.Draw("t", "y", Layers, [("all", "s0", values)]).Html;

    private static (double X, double Y)[][] Lines(double[] values)
    {
        var html = Draw(values);
        var from = html.IndexOf("class=\"line s0\" d=\"", StringComparison.Ordinal) + 18;
        var path = html[from..html.IndexOf('"', from + 1)].Trim('"');
        return [.. path.Split('M', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('L').Select(point =>
        {
            var xy = point.Split(' ');
            return (double.Parse(xy[0], CultureInfo.InvariantCulture), double.Parse(xy[1], CultureInfo.InvariantCulture));
        }).ToArray())];
    }
}
