using OnnxAudit.Comparison.Similarity;

namespace OnnxAudit.Tests.Comparison.Similarity;

/// <summary>Distances between similarity vectors equal their definition.</summary>
public class VectorDistancesTests
{
    [Theory]
    [InlineData(VectorScaling.Raw)]
    [InlineData(VectorScaling.BlockStandardised)]
    public void Distances_EqualTheirDefinition(VectorScaling scaling)
    {
        var points = Points.Of(7, 6, 1100);
        var found = VectorDistances.Of(points, new VectorSettings { Scaling = scaling, Threads = 2 });
        var vectors = points.Select(p => Vector(p)).ToArray();
        if (scaling == VectorScaling.BlockStandardised) Standardise(vectors);
        for (var i = 0; i < points.Length; i++)
            for (var j = 0; j < i; j++)
            {
                var expected = Math.Sqrt(vectors[i].Zip(vectors[j], (a, b) => (a - b) * (a - b)).Sum());
                Assert.Equal(1, found.Distances[i, j] / expected, 1e-9);
            }
    }

    [Fact]
    public void NearbyVectorsFarFromTheOrigin_LoseNothing()
    {
        // Vectors of length 1e6·√n that differ by one unit in the last place of a float in one coordinate: ‖a‖² + ‖b‖² − 2ab would be nothing but rounding.
        var columns = Enumerable.Range(0, 3).Select(_ => Enumerable.Repeat(1e6f, 600).ToArray()).ToArray();
        var others = columns.Select(c => c.ToArray()).ToArray();
        others[1][77] = MathF.BitIncrement(1e6f);
        var found = VectorDistances.Of([Points.Of("a", "s", columns), Points.Of("b", "s", others)], new VectorSettings());
        Assert.Equal((double)MathF.BitIncrement(1e6f) - 1e6, found.Distances[0, 1]);
    }

    [Fact]
    public void EqualVectors_AreAtZero_WhereverTheyStand()
    {
        var points = Points.Of(5, 9, 777).ToList();
        points.Insert(3, points[40] with { Model = "copy" });
        var found = VectorDistances.Of(points, new VectorSettings { Threads = 2 });
        Assert.Equal(0.0, found.Distances[3, 41]);
        for (var j = 0; j < points.Count; j++) Assert.Equal(found.Distances[3, j], found.Distances[41, j]);
    }

    [Fact]
    public void ThreadsAndWindows_DoNotChangeTheResult()
    {
        var points = Points.Of(6, 7, 1500);
        var whole = VectorDistances.Of(points, new VectorSettings { Scaling = VectorScaling.BlockStandardised });
        var threads = VectorDistances.Of(points, new VectorSettings { Scaling = VectorScaling.BlockStandardised, Threads = 3 });
        var windows = VectorDistances.Of(points, new VectorSettings { Scaling = VectorScaling.BlockStandardised, ByteBudget = 42 * 4 * 500 });
        for (var i = 0; i < points.Length; i++)
        {
            Assert.Equal(whole.Distances.Row(i), threads.Distances.Row(i));
            // Another window is another order of the same sum.
            for (var j = 0; j < points.Length; j++) Assert.Equal(whole.Distances[i, j], windows.Distances[i, j], 1e-11 * whole.Distances[i, j]);
        }
    }

    [Fact]
    public void Scaling_IsRecorded()
    {
        var points = Points.Of(3, 2, 500);
        var raw = VectorDistances.Of(points, new VectorSettings());
        Assert.All(raw.Blocks, b => Assert.Equal(1, b.Divisor));
        var scaled = VectorDistances.Of(points, new VectorSettings { Scaling = VectorScaling.BlockStandardised });
        double[] angles = [.. points.SelectMany(p => Vector(p)[..500])];
        var deviation = Math.Sqrt(angles.Sum(a => (a - angles.Average()) * (a - angles.Average())) / (angles.Length - 1));
        Assert.Equal((GeometryBlock.Angle, deviation, angles.Average()), (scaled.Blocks[0].Block, scaled.Blocks[0].Divisor, scaled.Blocks[0].Mean), Near);
    }

    [Fact]
    public void AConstantBlock_CountsNothing_WhenStandardised()
    {
        float[] flat = [2, 2, 2];
        var found = VectorDistances.Of([Points.Of("a", "s", [1, 2, 3], flat, flat), Points.Of("b", "s", [3, 2, 3], flat, flat)], new VectorSettings { Scaling = VectorScaling.BlockStandardised });
        Assert.Equal(2 / found.Blocks[0].Deviation, found.Distances[0, 1], 1e-12);
        Assert.Equal(double.PositiveInfinity, found.Blocks[1].Divisor);
    }

    [Fact]
    public void PointsOfDifferentSamples_AreRefused()
    {
        var error = Assert.Throws<AuditException>(() => VectorDistances.Of([.. Points.Of(1, 1, 4), Points.Of("late", "other", new float[3], new float[3], new float[3])], new VectorSettings()));
        Assert.Equal("late on other: found 3 samples; expected 4, as model0 on suite0 has. Compare models on suites of the same samples.", error.Message);
    }

    [Fact]
    public void ValuesThatAreNotFinite_AreRefused_AndNamed()
    {
        var error = Assert.Throws<AuditException>(() => VectorDistances.Of([Points.Of("a", "s", [1, 2], [1, float.PositiveInfinity], [0, 0])], new VectorSettings { Threads = 2 }));
        Assert.StartsWith("a on s, Margin of sample 1: found Infinity", error.Message, StringComparison.Ordinal);
    }

    private static bool Near((GeometryBlock, double, double) a, (GeometryBlock, double, double) b) =>
        a.Item1 == b.Item1 && Math.Abs(a.Item2 - b.Item2) < 1e-9 && Math.Abs(a.Item3 - b.Item3) < 1e-9;

    private static double[] Vector(GeometryPoint point)
    {
        var values = new float[point.Samples];
        return [.. Enum.GetValues<GeometryBlock>().SelectMany(block =>
        {
            point.Read(block, 0, values);
            return values.Select(v => (double)v).ToArray();
        })];
    }

    private static void Standardise(double[][] vectors)
    {
        var n = vectors[0].Length / 3;
        for (var block = 0; block < 3; block++)
        {
            double[] all = [.. vectors.SelectMany(v => v[(block * n)..((block + 1) * n)])];
            var mean = all.Average();
            var deviation = Math.Sqrt(all.Sum(a => (a - mean) * (a - mean)) / (all.Length - 1));
            foreach (var v in vectors)
                for (var k = block * n; k < (block + 1) * n; k++) v[k] = (v[k] - mean) / deviation;
        }
    }
}
