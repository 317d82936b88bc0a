using OnnxAudit.Comparison.Embedding;

namespace OnnxAudit.Comparison.Similarity;

/// <summary>What places the points of a map.</summary>
public enum MapLayout
{
    /// <summary>UMAP, seeded.</summary>
    Umap,

    /// <summary>Classical scaling, which has nothing random.</summary>
    Mds,
}

/// <summary>Where the trees lie.</summary>
public enum TreeSpace
{
    /// <summary>The two dimensions of the map.</summary>
    Layout,

    /// <summary>The vectors themselves.</summary>
    Vectors,
}

/// <summary>How a map is made. The source fixes neither scaling nor the trees' space: reports print both.</summary>
public sealed record SimilaritySettings
{
    /// <summary>Scaling, threads and memory of the distances.</summary>
    public VectorSettings Vectors { get; init; } = new();

    /// <summary>What places the points.</summary>
    public MapLayout Layout { get; init; } = MapLayout.Umap;

    /// <summary>Settings of UMAP; its threads are those of <see cref="Vectors"/>.</summary>
    public UmapSettings Umap { get; init; } = new();

    /// <summary>Where the trees lie.</summary>
    public TreeSpace Trees { get; init; } = TreeSpace.Layout;
}

/// <summary>
/// The similarity of models over suites: a point for each (model, suite), its place in the plane, a minimum spanning tree per suite, and how alike the trees are.
/// Source: arXiv:2206.07918, §6.
/// </summary>
/// <param name="Points">In the order given.</param>
/// <param name="Settings">How it was made.</param>
/// <param name="Blocks">The blocks of the vectors and what each was divided by.</param>
/// <param name="Distances">Between the vectors, [points, points].</param>
/// <param name="Coordinates">x, y of every point, [points, 2].</param>
/// <param name="Explained">Share of the squared distances that the plane keeps, for classical scaling; else NaN.</param>
/// <param name="Trustworthiness">Of the layout over <see cref="TrustNeighbours"/> neighbours; NaN with too few points.</param>
/// <param name="TrustNeighbours">Neighbours of the trustworthiness.</param>
/// <param name="Trees">One per suite, in the order the suites first come.</param>
/// <param name="Overlaps">One per pair of suites.</param>
/// <param name="Notes">Remarks.</param>
public sealed record SimilarityMap(IReadOnlyList<GeometryPoint> Points, SimilaritySettings Settings, IReadOnlyList<BlockScale> Blocks, DistanceMatrix Distances, IReadOnlyList<double> Coordinates,
    double Explained, double Trustworthiness, int TrustNeighbours, IReadOnlyList<SuiteTree> Trees, IReadOnlyList<TreeOverlap> Overlaps, IReadOnlyList<string> Notes)
{
    private const int MostTrusted = 15;

    /// <summary>Makes the map of some points: reads their columns once, and is the same whatever the threads.</summary>
    /// <exception cref="AuditException">Usage: no point, a (model, suite) twice, or points of different sample counts. Invalid: a value that is not finite; or what a reader throws.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static SimilarityMap Of(IReadOnlyList<GeometryPoint> points, SimilaritySettings settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(settings);
        Check(points);
        return Of(points, VectorDistances.Of(points, settings.Vectors, cancellation), settings, cancellation);
    }

    /// <summary>The same over distances that were computed before.</summary>
    public static SimilarityMap Of(IReadOnlyList<GeometryPoint> points, VectorDistances vectors, SimilaritySettings settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(settings);
        Check(points);
        var distances = vectors.Distances;
        var layout = settings.Layout == MapLayout.Mds ? ClassicalScaling.Place(distances, settings.Vectors.Threads)
            : Umap.Place(distances, settings.Umap with { Threads = settings.Vectors.Threads }, cancellation);
        var placed = DistanceMatrix.Euclidean(layout.Coordinates, 2);
        var lie = settings.Trees == TreeSpace.Layout ? placed : distances;
        SuiteTree[] trees = [.. points.Select(p => p.Suite).Distinct(StringComparer.Ordinal)
            .Select(suite => new SuiteTree(suite, SpanningTree.Of(lie, [.. Enumerable.Range(0, points.Count).Where(i => points[i].Suite == suite)])))];
        TreeOverlap[] overlaps = [.. trees.SelectMany((a, i) => trees.Skip(i + 1).Select(b => TreeOverlap.Of(a, b, points, lie)))];
        var k = Math.Min(MostTrusted, (points.Count - 1) / 2);
        var trust = Embedding.Trustworthiness.Of(distances, placed, k);
        return new SimilarityMap(points, settings, vectors.Blocks, distances, layout.Coordinates, layout.Explained, trust, k, trees, overlaps, [.. layout.Notes, .. Constant(vectors)]);
    }

    private static IEnumerable<string> Constant(VectorDistances vectors) => vectors.Blocks.Where(b => double.IsPositiveInfinity(b.Divisor))
        .Select(b => $"{b.Block} is the same for every point and sample: standardised, it counts nothing.");

    private static void Check(IReadOnlyList<GeometryPoint> points)
    {
        if (points.Count == 0) throw new AuditException(AuditCode.Usage, "similarity map", "no point", "models on suites with angle, margin and length", "Audit with geometry first.");
        if (points.GroupBy(p => (p.Model, p.Suite)).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new AuditException(AuditCode.Usage, "similarity map", $"{twice.First()} twice", "a model once a suite", "Give every model a name of its own.");
    }
}
