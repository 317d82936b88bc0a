using OnnxAudit.Comparison.Embedding;
using OnnxAudit.Comparison.Similarity;

namespace OnnxAudit.Tests.Comparison.Similarity;

/// <summary>Minimum spanning trees and their overlap.</summary>
public class SpanningTreeTests
{
    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 7)]
    [InlineData(3, 6)]
    public void Tree_EqualsBruteForce(ulong seed, int n)
    {
        var distances = DistanceMatrix.Euclidean(PhiloxNumbers.Normal(seed, 2 * n), 2);
        Assert.Equal(BruteForce(distances), SpanningTree.Of(distances, [.. Enumerable.Range(0, n)]).Sum(e => e.Length), 1e-12);
    }

    [Fact]
    public void Tree_EqualsKruskals_EdgeByEdge_AlsoWithTies()
    {
        // A grid of whole numbers: nearly every edge has equals.
        double[] grid = [.. Enumerable.Range(0, 25).SelectMany(i => new double[] { i % 5, i / 5 })];
        var distances = DistanceMatrix.Euclidean(grid, 2);
        var found = SpanningTree.Of(distances, [.. Enumerable.Range(0, 25)]);
        Assert.Equal(Kruskal(distances), found.Select(e => (e.I, e.J)).Order());
    }

    [Fact]
    public void Tree_OverSomePoints_NamesThemByTheirPlace()
    {
        var distances = DistanceMatrix.Euclidean([0, 100, 1, 100, 3], 1);
        Assert.Equal([new TreeEdge(0, 2, 1), new TreeEdge(2, 4, 2)], SpanningTree.Of(distances, [0, 2, 4]));
        Assert.Empty(SpanningTree.Of(distances, [3]));
    }

    [Fact]
    public void Overlap_CountsEdgesByModel_AndDistancesOfTheSameModels()
    {
        // Suite s: a – b – c along a line; suite t: a – c – b, three units above.
        GeometryPoint[] points = [.. from suite in new[] { "s", "t" } from model in new[] { "a", "b", "c" } select Points.Of(model, suite, [0], [0], [0])];
        double[] places = [0, 0, 1, 0, 2, 0, 0, 3, 2, 3, 1, 3];
        var distances = DistanceMatrix.Euclidean(places, 2);
        SuiteTree s = new("s", SpanningTree.Of(distances, [0, 1, 2])), t = new("t", SpanningTree.Of(distances, [3, 4, 5]));
        var overlap = TreeOverlap.Of(s, t, points, distances);
        Assert.Equal(0.5, overlap.Shared);
        Assert.Equal((3 + 2 * Math.Sqrt(10)) / 3, overlap.MeanDistance, 1e-12);
        Assert.Equal(1, TreeOverlap.Of(s, s, points, distances).Shared);
    }

    [Fact]
    public void Overlap_OfTreesWithoutEdges_IsUndefined()
    {
        GeometryPoint[] points = [Points.Of("a", "s", [0], [0], [0]), Points.Of("b", "t", [0], [0], [0])];
        var overlap = TreeOverlap.Of(new SuiteTree("s", []), new SuiteTree("t", []), points, DistanceMatrix.Euclidean([0, 1], 1));
        Assert.Equal((double.NaN, double.NaN), (overlap.Shared, overlap.MeanDistance));
    }

    // The least over all labelled trees, by Prüfer's sequences.
    private static double BruteForce(DistanceMatrix distances)
    {
        var n = distances.Count;
        var least = double.PositiveInfinity;
        for (var code = 0; code < (int)Math.Pow(n, n - 2); code++)
        {
            var sequence = new int[n - 2];
            for (int k = 0, c = code; k < n - 2; k++, c /= n) sequence[k] = c % n;
            var degree = new int[n];
            Array.Fill(degree, 1);
            foreach (var v in sequence) degree[v]++;
            var sum = 0.0;
            foreach (var v in sequence)
            {
                var leaf = Array.IndexOf(degree, 1);
                sum += distances[leaf, v];
                (degree[leaf], degree[v]) = (0, degree[v] - 1);
            }

            var last = Array.IndexOf(degree, 1);
            least = Math.Min(least, sum + distances[last, Array.IndexOf(degree, 1, last + 1)]);
        }

        return least;
    }

    private static IEnumerable<(int, int)> Kruskal(DistanceMatrix distances)
    {
        var n = distances.Count;
        var piece = Enumerable.Range(0, n).ToArray();
        var edges = from i in Enumerable.Range(0, n) from j in Enumerable.Range(i + 1, n - i - 1) orderby distances[i, j], i, j select (i, j);
        var tree = new List<(int, int)>();
        foreach (var (i, j) in edges)
        {
            if (piece[i] == piece[j]) continue;
            var (from, to) = (piece[j], piece[i]);
            for (var k = 0; k < n; k++)
                if (piece[k] == from) piece[k] = to;
            tree.Add((i, j));
        }

        return tree.Order();
    }
}
