using OnnxAudit.Comparison.Embedding;
using OnnxAudit.Data;

namespace OnnxAudit.Tests.Comparison.Embedding;

/// <summary>UMAP: its curve, its graph, and what its layouts keep.</summary>
public class UmapTests
{
    [Theory]
    [InlineData(0.0, 1.932808, 0.790495)]
    [InlineData(0.1, 1.576943, 0.895061)]
    [InlineData(0.25, 1.121436, 1.057500)]
    [InlineData(0.5, 0.583030, 1.334167)]
    public void Curve_IsThePublishedOne(double minDistance, double a, double b)
    {
        var curve = UmapCurve.Fit(minDistance, 1);
        // The published figures have seven digits, from a fit that stops at a relative error of 1e-8.
        Assert.Equal(a, curve.A, 2e-6);
        Assert.Equal(b, curve.B, 2e-6);
    }

    [Fact]
    public void Scale_SolvesItsEquation()
    {
        double[] distances = [0, 0, 0.5, 0.7, 1.1, 1.2, 1.9, 2.5];
        var (rho, scale) = FuzzyGraph.Scales(distances, 1);
        Assert.Equal(0.5, rho);
        Assert.Equal(3, distances.Skip(1).Sum(d => Math.Exp(-Math.Max(0, d - rho) / scale)), 1e-5);
    }

    [Fact]
    public void Scale_HasAFloor_WhenAllNeighboursAreNear()
    {
        Assert.Equal(1e-3 * 7.0 / 8, FuzzyGraph.Scales([0, 1, 1, 1, 1, 1, 1, 1], 5).Scale, 1e-15);
        Assert.Equal((0, 5e-3), FuzzyGraph.Scales([0, 0, 0, 0], 5));
    }

    [Fact]
    public void Graph_IsTheFuzzyUnion_OfBothDirections()
    {
        var distances = DistanceMatrix.Euclidean(PhiloxNumbers.Normal(5, 3 * 40), 3);
        var near = Neighbourhoods.Of(distances, 6);
        var graph = FuzzyGraph.Of(near, 500);
        var mean = near.Distance.Average();
        double Membership(int i, int j)
        {
            var at = Array.IndexOf(near.Index, j, i * 6 + 1, 5);
            if (at < 0) return 0;
            var (rho, scale) = FuzzyGraph.Scales(near.Distance.AsSpan(i * 6, 6), mean);
            return Math.Exp(-Math.Max(0, distances[i, j] - rho) / scale);
        }

        for (var i = 0; i < 40; i++)
            for (var j = 0; j < 40; j++)
            {
                var (v, u) = i == j ? (0, 0) : (Membership(i, j), Membership(j, i));
                var at = Array.IndexOf(graph.Column, j, graph.Start[i], graph.Start[i + 1] - graph.Start[i]);
                var expected = v + u - v * u;
                Assert.Equal(expected >= 1.0 / 500 ? expected : 0, at < 0 ? 0 : graph.Weight[at], 1e-12);
            }
    }

    [Fact]
    public void Neighbours_ComeItselfFirst_ThenByIndexWhenEqual()
    {
        var near = Neighbourhoods.Of(DistanceMatrix.Euclidean([3, 3, 3, 4, 2], 1), 4);
        Assert.Equal([1, 0, 2, 3], near.Index[4..8]);
        Assert.Equal([3, 0, 1, 2], near.Index[12..16]);
    }

    [Fact]
    public void Clusters_KeepTheirNeighbourhoods()
    {
        var distances = DistanceMatrix.Euclidean(PhiloxNumbers.Clusters(11, 6, 50, 10, 4), 10);
        var layout = Umap.Place(distances, new UmapSettings { Seed = 1 });
        var placed = DistanceMatrix.Euclidean(layout.Coordinates, 2);
        Assert.True(Trustworthiness.Of(distances, placed, 15) >= 0.9, $"{Trustworthiness.Of(distances, placed, 15)}");
        // Clusters this far apart do not mix: nearly every point's nearest one is of its own cluster.
        Assert.True(Enumerable.Range(0, 300).Count(i => Nearest(placed, i) / 50 == i / 50) >= 297);
    }

    [Fact]
    public void GeneratedShapes_KeepTheirNeighbourhoods()
    {
        using var shapes = DataSpec.Open("synthetic:shapes#test[0:300]", new DataOptions());
        var pixels = new byte[shapes.Shape.Count];
        var points = new double[300 * pixels.Length];
        for (var i = 0; i < 300; i++)
        {
            shapes.ReadPixels(i, pixels);
            for (var p = 0; p < pixels.Length; p++) points[i * pixels.Length + p] = pixels[p] / 255.0;
        }

        var distances = DistanceMatrix.Euclidean(points, pixels.Length);
        var trust = Trustworthiness.Of(distances, DistanceMatrix.Euclidean(Umap.Place(distances, new UmapSettings()).Coordinates, 2), 15);
        Assert.True(trust >= 0.9, $"{trust}");
    }

    [Fact]
    public void EqualSeeds_GiveEqualBits_OnAnyThreads()
    {
        var distances = DistanceMatrix.Euclidean(PhiloxNumbers.Clusters(13, 3, 60, 5, 1), 5);
        var one = Umap.Place(distances, new UmapSettings { Seed = 5 });
        Assert.Equal(one.Coordinates, Umap.Place(distances, new UmapSettings { Seed = 5, Threads = 3 }).Coordinates);
        Assert.NotEqual(one.Coordinates, Umap.Place(distances, new UmapSettings { Seed = 6 }).Coordinates);
    }

    [Fact]
    public void PiecesApart_StartFromClassicalScaling_AndSaySo()
    {
        var distances = DistanceMatrix.Euclidean(PhiloxNumbers.Clusters(17, 2, 20, 3, 1000), 3);
        var layout = Umap.Place(distances, new UmapSettings { Neighbours = 5 });
        Assert.Contains(layout.Notes, n => n.Contains("several pieces", StringComparison.Ordinal));
        Assert.True(Trustworthiness.Of(distances, DistanceMatrix.Euclidean(layout.Coordinates, 2), 5) > 0.8);
    }

    [Theory]
    [InlineData(1, "too few")]
    [InlineData(3, "too few")]
    [InlineData(5, "4 neighbours")]
    [InlineData(15, "14 neighbours")]
    public void FewPoints_ArePlaced_AndSaySo(int n, string note)
    {
        var layout = Umap.Place(DistanceMatrix.Euclidean(PhiloxNumbers.Normal(19, 4 * n), 4), new UmapSettings());
        Assert.All(layout.Coordinates, v => Assert.True(double.IsFinite(v)));
        Assert.Contains(layout.Notes, t => t.Contains(note, StringComparison.Ordinal));
    }

    [Fact]
    public void EqualPoints_AreFinite() =>
        Assert.All(Umap.Place(DistanceMatrix.Euclidean(new double[20], 1), new UmapSettings()).Coordinates, v => Assert.True(double.IsFinite(v)));

    private static int Nearest(DistanceMatrix distances, int i) => Enumerable.Range(0, distances.Count).Where(j => j != i).MinBy(j => distances[i, j]);
}
