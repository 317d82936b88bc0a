using OnnxAudit.Comparison.Embedding;

namespace OnnxAudit.Comparison.Similarity;

/// <summary>An edge between points i &lt; j.</summary>
public readonly record struct TreeEdge(int I, int J, double Length);

/// <summary>Minimum spanning trees of complete graphs. Of equal edges the one that comes first by (i, j) is shorter, so that the tree is one and the same however it is found.</summary>
public static class SpanningTree
{
    /// <summary>The tree over some points, by Prim from the first of them; edges in the order they were taken. None of fewer than two points.</summary>
    /// <param name="distances">Between all points.</param>
    /// <param name="points">Different points of it.</param>
    public static IReadOnlyList<TreeEdge> Of(DistanceMatrix distances, ReadOnlySpan<int> points)
    {
        ArgumentNullException.ThrowIfNull(distances);
        var edges = new List<TreeEdge>();
        if (points.Length < 2) return edges;
        var nearest = new TreeEdge[points.Length];
        var taken = new bool[points.Length];
        taken[0] = true;
        for (var p = 1; p < points.Length; p++) nearest[p] = Edge(distances, points[0], points[p]);
        while (edges.Count < points.Length - 1)
        {
            var best = -1;
            for (var p = 1; p < points.Length; p++)
                if (!taken[p] && (best < 0 || Shorter(nearest[p], nearest[best]))) best = p;
            taken[best] = true;
            edges.Add(nearest[best]);
            for (var p = 1; p < points.Length; p++)
                if (!taken[p] && Edge(distances, points[best], points[p]) is var edge && Shorter(edge, nearest[p])) nearest[p] = edge;
        }

        return edges;
    }

    /// <summary>The order of edges: by length, then by i, then by j.</summary>
    internal static bool Shorter(TreeEdge a, TreeEdge b) => (a.Length, a.I, a.J).CompareTo((b.Length, b.I, b.J)) < 0;

    private static TreeEdge Edge(DistanceMatrix distances, int a, int b) => new(Math.Min(a, b), Math.Max(a, b), distances[a, b]);
}

/// <summary>The tree of one suite's points.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Edges">Between positions in the map's points.</param>
public sealed record SuiteTree(string Suite, IReadOnlyList<TreeEdge> Edges);

/// <summary>How alike the trees of two suites are.</summary>
/// <param name="A">A suite.</param>
/// <param name="B">Another.</param>
/// <param name="Shared">Share of the edges of the larger tree that join the same two models in the other; NaN when neither has an edge.</param>
/// <param name="MeanDistance">Mean distance between the two points of each model that both have, in the space the trees lie in; NaN when they share none.</param>
public sealed record TreeOverlap(string A, string B, double Shared, double MeanDistance)
{
    /// <summary>Compares two trees over the same points; models are known by name.</summary>
    public static TreeOverlap Of(SuiteTree a, SuiteTree b, IReadOnlyList<GeometryPoint> points, DistanceMatrix distances)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(distances);
        var (first, second) = (Joined(a, points), Joined(b, points));
        var larger = Math.Max(first.Count, second.Count);
        var places = Enumerable.Range(0, points.Count).Where(i => points[i].Suite == b.Suite).ToDictionary(i => points[i].Model, i => i, StringComparer.Ordinal);
        double[] apart = [.. Enumerable.Range(0, points.Count).Where(i => points[i].Suite == a.Suite && places.ContainsKey(points[i].Model)).Select(i => distances[i, places[points[i].Model]])];
        first.IntersectWith(second);
        return new TreeOverlap(a.Suite, b.Suite, larger == 0 ? double.NaN : (double)first.Count / larger, apart.Length == 0 ? double.NaN : apart.Average());
    }

    private static HashSet<(string, string)> Joined(SuiteTree tree, IReadOnlyList<GeometryPoint> points) => [.. tree.Edges.Select(e =>
        string.CompareOrdinal(points[e.I].Model, points[e.J].Model) < 0 ? (points[e.I].Model, points[e.J].Model) : (points[e.J].Model, points[e.I].Model))];
}
