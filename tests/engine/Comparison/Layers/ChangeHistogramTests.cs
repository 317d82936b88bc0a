using OnnxAudit.Comparison.Layers;

namespace OnnxAudit.Tests.Comparison.Layers;

/// <summary>Bins, classes and sums of changes.</summary>
public class ChangeHistogramTests
{
    [Theory]
    [InlineData(-0.73, 0.91, 30, -0.8, 1.0, 18)]
    [InlineData(0, 1, 30, 0, 1, 20)]
    [InlineData(-3, 12, 20, -3, 12, 15)]
    [InlineData(2, 2, 20, 1.9, 2.1, 1)]
    [InlineData(0, 0, 20, -1, 1, 1)]
    [InlineData(1e-9, 9.7e-9, 20, 1e-9, 1e-8, 18)]
    public void Edges_AreRound_AndHoldTheRange(double low, double high, int most, double first, double last, int bins)
    {
        var edges = ChangeHistogram.RoundEdges(low, high, most);
        Assert.Equal(first, edges[0], 1e-12);
        Assert.Equal(last, edges[^1], 1e-12);
        Assert.Equal(bins, edges.Length - 1);
        Assert.True(edges[0] <= low && edges[^1] >= high && edges.Length - 1 <= most);
    }

    [Fact]
    public void AnUndefinedRange_IsZeroToOne() => Assert.Equal([0, 1], ChangeHistogram.RoundEdges(double.PositiveInfinity, double.NegativeInfinity, 20));

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(0, 0, 0)]
    [InlineData(0, 0.5, 5)]
    [InlineData(1, 1.1875, 0)]
    [InlineData(2, 1.5, 1)]
    [InlineData(-2, -1.5, 1)]
    [InlineData(2, 1, 2)]
    [InlineData(4, 1.5, 3)]
    [InlineData(8, 1, 4)]
    [InlineData(2, 0, 5)]
    [InlineData(1, -1, 5)]
    public void Change_FallsInItsClass(float a, float b, int expected)
    {
        var count = new ChangeCount([-2, 0, 2]);
        count.Add([a], [b]);
        Assert.Equal(expected, Enumerable.Range(0, 6).Single(c => Enumerable.Range(0, 4).Any(r => count.Histogram[r, c] == 1)));
    }

    [Fact]
    public void Values_FallInTheirBins_OutsideOnesApart()
    {
        var count = new ChangeCount([-1, 0, 1]);
        float[] values = [-1.5f, -1, -0.5f, 0, 0.5f, 1, 1.5f];
        count.Add(values, values);
        Assert.Equal([1, 2, 3, 1], Enumerable.Range(0, 4).Select(r => count.Histogram[r, 0]));
    }

    [Fact]
    public void Counts_EqualTheDefinition()
    {
        float[] a = PhiloxNumbers.NormalFloats(1, 5000), b = [.. PhiloxNumbers.NormalFloats(2, 5000).Zip(a, (n, v) => v + 0.3f * n)];
        for (var i = 0; i < 5000; i += 7) b[i] = 0;
        for (var i = 0; i < 5000; i += 5) a[i] = 0;
        var edges = ChangeHistogram.RoundEdges(a.Min(), a.Max(), 30);
        var count = new ChangeCount(edges);
        count.Add(a.AsSpan(0, 2000), b.AsSpan(0, 2000));
        count.Add(a.AsSpan(2000), b.AsSpan(2000));
        var expected = new long[(edges.Length + 1) * 6];
        for (var i = 0; i < 5000; i++)
        {
            var row = b[i] < edges[0] ? 0 : b[i] > edges[^1] ? edges.Length : Math.Min(edges.Count(e => b[i] >= e), edges.Length - 1);
            var relative = a[i] == b[i] ? 0 : a[i] == 0 ? 1e9 : Math.Abs((double)b[i] - a[i]) / Math.Abs(a[i]);
            expected[row * 6 + ChangeHistogram.ClassEdges.Count(e => relative >= e) - 1]++;
        }

        Assert.Equal(expected, count.Histogram.Counts);
        Assert.Equal((a.Zip(b).Count(p => p is (0, 0)), a.Zip(b).Count(p => p.First == 0 && p.Second != 0), a.Zip(b).Count(p => p.First != 0 && p.Second == 0)), (count.ZeroInBoth, count.ZeroInFirst, count.ZeroInSecond));
        Assert.Equal(a.Average(v => Math.Abs((double)v)), count.Measure.MeanSize, 1e-12);
        Assert.Equal(a.Zip(b).Average(p => Math.Abs((double)p.Second - p.First)), count.Measure.MeanChange, 1e-12);
        Assert.Equal(Math.Sqrt(a.Zip(b).Sum(p => Math.Pow((double)p.Second - p.First, 2)) / a.Sum(v => (double)v * v)), count.Measure.RelativeChange, 1e-12);
        Assert.Equal(a.Zip(b).Sum(p => (double)p.First * p.Second) / Math.Sqrt(a.Sum(v => (double)v * v) * b.Sum(v => (double)v * v)), count.Measure.Cosine, 1e-12);
    }

    [Fact]
    public void ValuesThatAreNotFinite_AreCountedApart()
    {
        var count = new ChangeCount([0, 1]);
        count.Add([1, float.NaN, 1], [float.PositiveInfinity, 1, 1]);
        Assert.Equal((1L, 2L), (count.Measure.Count, count.Measure.Undefined));
        Assert.Equal(1, count.Histogram.Counts.Sum());
    }
}
