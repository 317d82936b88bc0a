using OnnxAudit.Geometry;

namespace OnnxAudit.Tests.Geometry;

public class GeometrySummaryTests
{
    private static readonly float[] Angle = [30, 40, 50, 60];
    private static readonly byte[] Correct = [1, 0, 1, 0];

    private static GeometryColumns Columns => new(Angle, [1, 2, 3, 4], [0.5f, -0.5f, 1, -1], [0.9f, 0.1f, 0.8f, 0.2f], Correct);

    [Fact]
    public void Of_NamesFiguresInFileOrder()
    {
        var names = GeometrySummary.Of(Columns).Select(metric => metric.Key).ToArray();
        Assert.Equal(108, names.Length);
        Assert.Equal(
            ["angle.mean", "angle.sd", "angle.min", "angle.q05", "angle.q25", "angle.median", "angle.q75", "angle.q95", "angle.max", "angle.correct.mean"],
            names[..10]);
        Assert.Equal("angle.wrong.mean", names[18]);
        Assert.Equal("length.mean", names[27]);
        Assert.Equal("probability.wrong.max", names[^1]);
        Assert.Equal(36, GeometrySummary.Of(Columns, split: false).Count);
    }

    [Fact]
    public void Of_SplitsByCorrectAndWrong()
    {
        var metrics = GeometrySummary.Of(Columns).ToDictionary();
        Assert.Equal(45, metrics["angle.mean"]);
        Assert.Equal(40, metrics["angle.correct.mean"]);
        Assert.Equal(50, metrics["angle.wrong.mean"]);
        Assert.Equal(-1, metrics["margin.wrong.min"]);
        Assert.Equal(Math.Sqrt(500.0 / 3), metrics["angle.sd"], 12);
    }

    [Fact]
    public void Of_TakesAnySubset_AndAnEmptySplitIsNaN()
    {
        var metrics = GeometrySummary.Of(Columns, [2, 0]).ToDictionary();
        Assert.Equal(40, metrics["angle.median"]);
        Assert.Equal(2, metrics["length.mean"]);
        Assert.Equal(double.NaN, metrics["angle.wrong.mean"]);
    }

    [Fact]
    public void Summary_OfOneValue_HasNoSd()
    {
        var summary = MeasureSummary.Of([2.5f]);
        Assert.Equal((2.5, double.NaN, 2.5, 2.5), (summary.Mean, summary.Sd, summary.Q05, summary.Max));
    }
}
