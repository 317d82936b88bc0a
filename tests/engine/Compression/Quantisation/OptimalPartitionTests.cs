using OnnxAudit.Compression.Quantisation;

namespace OnnxAudit.Tests.Compression.Quantisation;

/// <summary>The partition against every partition there is.</summary>
public class OptimalPartitionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Error_IsTheLeastOfAllPartitions(int seed)
    {
        var random = new Random(seed);
        var points = Enumerable.Range(0, 13).Select(_ => 1000 + random.NextDouble() * random.NextDouble()).Order().ToArray();
        var weights = points.Select(_ => (double)random.Next(1, 9)).ToArray();
        for (var parts = 1; parts <= points.Length; parts++)
        {
            var starts = OptimalPartition.Of(points, weights, parts);
            Assert.Equal(0, starts[0]);
            Assert.Equal(parts, starts.Distinct().Count());
            // Squares about a mean near 1000 keep some ten digits.
            Assert.Equal(Least(points, weights, 0, parts), Enumerable.Range(0, parts).Sum(c => Error(points, weights, starts[c], c + 1 < parts ? starts[c + 1] : points.Length)), 1e-9);
        }
    }

    [Fact]
    public void MorePartsThanPoints_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => OptimalPartition.Of([1, 2], [1, 1], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => OptimalPartition.Of([1, 2], [1, 1], 0));
    }

    private static double Least(double[] points, double[] weights, int from, int parts)
    {
        if (parts == 1) return Error(points, weights, from, points.Length);
        var least = double.PositiveInfinity;
        for (var to = from + 1; to <= points.Length - parts + 1; to++) least = Math.Min(least, Error(points, weights, from, to) + Least(points, weights, to, parts - 1));
        return least;
    }

    private static double Error(double[] points, double[] weights, int from, int to)
    {
        double all = 0, mean = 0, error = 0;
        for (var i = from; i < to; i++) (all, mean) = (all + weights[i], mean + weights[i] * points[i]);
        for (var i = from; i < to; i++) error += weights[i] * Math.Pow(points[i] - mean / all, 2);
        return error;
    }
}
