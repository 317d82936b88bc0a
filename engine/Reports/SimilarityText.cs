using OnnxAudit.Comparison.Similarity;

namespace OnnxAudit.Reports;

/// <summary>A similarity map as text for people.</summary>
public static class SimilarityText
{
    private const int MostOverlaps = 20, MostPairs = 20, MostColumns = 10;

    /// <summary>Settings, the nearest models on each suite, and the suites whose trees are most alike.</summary>
    public static void Write(SimilarityMap map, TextPage page)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(page);
        page.Heading($"Similarity of {Figures.Count(map.Points.Select(p => p.Model).Distinct().Count())} models on {Figures.Count(map.Trees.Count)} suites");
        page.Pairs(
        [
            new("points", FormattableString.Invariant($"{map.Points.Count}, vectors of 3 × {map.Points[0].Samples}")),
            new("scaling", map.Settings.Vectors.Scaling == VectorScaling.Raw ? "as measured" : string.Join(", ", map.Blocks.Select(b => $"{b.Block.ToString().ToLowerInvariant()} over {Figures.Plain(b.Divisor)}"))),
            new("layout", map.Settings.Layout == MapLayout.Umap ? FormattableString.Invariant($"UMAP, {map.Settings.Umap.Neighbours} neighbours, seed {map.Settings.Umap.Seed}")
                : $"classical scaling, {Figures.Percent(map.Explained)} of the squared distances kept"),
            new("trustworthiness", FormattableString.Invariant($"{Figures.Plain(map.Trustworthiness)} over {map.TrustNeighbours} neighbours")),
            new("trees", map.Settings.Trees == TreeSpace.Layout ? "in the layout" : "between the vectors"),
        ]);
        page.Line();
        Nearest(map, page);
        Overlaps(map, page);
        foreach (var note in map.Notes) page.Line($"note: {note}");
    }

    /// <summary>CKA of every two models, columns by number; of many models only the least alike pairs.</summary>
    public static void Write(CkaTable table, TextPage page)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(page);
        page.Heading($"Linear CKA of the features on {table.Suite}");
        var n = table.Models.Count;
        if (n <= MostColumns)
        {
            var square = new TextTable([("model", TextAlign.Shrink), .. Enumerable.Range(1, n).Select(i => (FormattableString.Invariant($"{i}"), TextAlign.Right))]);
            for (var a = 0; a < n; a++) square.Add([FormattableString.Invariant($"{a + 1} {table.Models[a]}"), .. Enumerable.Range(0, n).Select(b => Figures.Plain(table[a, b]))]);
            page.Table(square);
        }
        else
        {
            var pairs = new TextTable(("model", TextAlign.Shrink), ("model", TextAlign.Shrink), ("CKA", TextAlign.Right));
            foreach (var (a, b) in Enumerable.Range(0, n).SelectMany(a => Enumerable.Range(0, a).Select(b => (A: b, B: a))).Where(p => !double.IsNaN(table[p.A, p.B])).OrderBy(p => table[p.A, p.B]).Take(MostPairs))
                pairs.Add(table.Models[a], table.Models[b], Figures.Plain(table[a, b]));
            page.Table(pairs);
            page.Line("  the least alike pairs; --json has all.");
        }

        page.Line();
    }

    private static void Nearest(SimilarityMap map, TextPage page)
    {
        var pairs = map.Trees.SelectMany(t => t.Edges.Select(e => (t.Suite, Edge: e, Distance: map.Distances[e.I, e.J]))).OrderBy(p => p.Distance).ThenBy(p => p.Edge.I).ThenBy(p => p.Edge.J).ToArray();
        if (pairs.Length == 0) return;
        var table = new TextTable(("suite", TextAlign.Shrink), ("model", TextAlign.Shrink), ("joined to", TextAlign.Shrink), ("distance", TextAlign.Right));
        foreach (var (suite, edge, distance) in pairs.Take(MostPairs)) table.Add(suite, map.Points[edge.I].Model, map.Points[edge.J].Model, Figures.Plain(distance));
        page.Table(table);
        if (pairs.Length > MostPairs) page.Line(FormattableString.Invariant($"  … and {pairs.Length - MostPairs} longer edges of the trees; --json has all."));
        page.Line();
    }

    private static void Overlaps(SimilarityMap map, TextPage page)
    {
        var overlaps = map.Overlaps.Where(o => !double.IsNaN(o.Shared)).OrderByDescending(o => o.Shared).ThenBy(o => o.MeanDistance).ToArray();
        if (overlaps.Length == 0) return;
        var table = new TextTable(("suite", TextAlign.Shrink), ("suite", TextAlign.Shrink), ("shared edges", TextAlign.Right), ("mean distance", TextAlign.Right));
        foreach (var overlap in overlaps.Take(MostOverlaps)) table.Add(overlap.A, overlap.B, Figures.Percent(overlap.Shared), Figures.Plain(overlap.MeanDistance));
        page.Table(table);
        if (overlaps.Length > MostOverlaps) page.Line(FormattableString.Invariant($"  … and {overlaps.Length - MostOverlaps} pairs less alike; --json has all."));
        page.Line();
    }
}
