using OnnxAudit.Bundles;
using OnnxAudit.Comparison.Embedding;
using OnnxAudit.Comparison.Similarity;

namespace OnnxAudit.Reports;

/// <summary>How similar the models of a bundle are to one another on its suites: the map with a tree a suite, and how alike the trees are.</summary>
internal static class SimilaritySection
{
    private const int FewestPoints = 4, MostSuites = 24, MiddleSeverity = 3, Unfolded = 6;

    /// <summary>A map for every set of suites over the same samples that has two models and four points; nothing when there is none.</summary>
    public static Markup Write(Bundle bundle)
    {
        var maps = GeometryPoints.SuitesOfOneKind(bundle).Select(suites => GeometryPoints.Of(bundle, Drawn(suites)))
            .Where(points => points.Count >= FewestPoints && points.Select(p => p.Model).Distinct().Count() > 1).ToArray();
        if (maps.Length == 0) return Markup.None;
        var architectures = bundle.Manifest.Variants.Select(v => v.Model).Distinct().Count() > 1;
        var settings = new SimilaritySettings
        {
            Vectors = new VectorSettings { Scaling = architectures ? VectorScaling.BlockStandardised : VectorScaling.Raw, Threads = Math.Clamp(bundle.Manifest.Threads, 1, 64) },
            Umap = new UmapSettings { Seed = bundle.Manifest.Seed },
        };
        return Markup.Join(maps.Select(points => Write(SimilarityMap.Of(points, settings))));
    }

    /// <summary>One map.</summary>
    public static Markup Write(SimilarityMap map)
    {
        string[] models = [.. map.Points.Select(p => p.Model).Distinct()];
        var suites = Math.Min(map.Trees.Count, SimilarityChart.MostSuites);
        return Markup.Of($"""
            <p class="lead">{Settings(map)}</p>{Notes(map)}{SimilarityChart.Whole(map)}
            <details{new Markup(suites <= Unfolded ? " open" : "")}><summary>The tree of each suite</summary>
            <div class="histograms trees">{Markup.Join(Enumerable.Range(0, suites).Select(s => SimilarityChart.Suite(map, s, models)))}</div>
            <p><small>{string.Join(", ", models.Select((m, i) => FormattableString.Invariant($"{i + 1} {m}")))}</small></p></details>
            {Overlaps(map)}
            """);
    }

    // Of a grid with every severity, the middle one: the source does not say how it pools them.
    private static string[] Drawn(IReadOnlyList<string> suites)
    {
        if (suites.Count <= MostSuites) return [.. suites];
        string[] kept = [.. suites.Where(s => s is not [.., '-', >= '1' and <= '5'] || s[^1] - '0' == MiddleSeverity)];
        return kept.Length > 0 ? kept : [.. suites];
    }

    private static string Settings(SimilarityMap map)
    {
        var scaling = map.Settings.Vectors.Scaling == VectorScaling.Raw ? "as measured" : "each of the three over its standard deviation";
        var layout = map.Settings.Layout == MapLayout.Umap
            ? FormattableString.Invariant($"UMAP, {map.Settings.Umap.Neighbours} neighbours, least distance {map.Settings.Umap.MinDistance}, seed {map.Settings.Umap.Seed}")
            : $"classical scaling, which keeps {Figures.Percent(map.Explained)} of the squared distances";
        var trees = map.Settings.Trees == TreeSpace.Layout ? "in this plane" : "between the vectors";
        return $"A point is a model on a suite: angle, margin and length of {Figures.Count(map.Points[0].Samples)} samples, {scaling}. Placed by {layout}; " +
            $"trustworthiness over {map.TrustNeighbours} neighbours {Figures.Plain(map.Trustworthiness)}. Lines are the suites' minimum spanning trees {trees}. Hover a point for its name.";
    }

    private static Markup Notes(SimilarityMap map) => Markup.Join(map.Notes.Select(n => Markup.Of($"<p><small>{n}</small></p>")));

    private static Markup Overlaps(SimilarityMap map)
    {
        if (map.Overlaps.All(o => double.IsNaN(o.Shared))) return Markup.None;
        var suites = map.Trees.Select(t => t.Suite).Take(MostSuites).ToArray();
        var shared = map.Overlaps.ToDictionary(o => (o.A, o.B), o => o);
        TreeOverlap? Between(string a, string b) => shared.GetValueOrDefault((a, b)) ?? shared.GetValueOrDefault((b, a));
        Markup Cell(string a, string b) => Between(a, b) is not { } overlap || double.IsNaN(overlap.Shared) ? Markup.Of($"<td class=\"n\">{Figures.Undefined}</td>")
            : Markup.Of($"<td class=\"n better\" style=\"--s:{overlap.Shared}\" title=\"{a} and {b}: mean distance of a model's two points {Figures.Plain(overlap.MeanDistance)}\">{Figures.Percent(overlap.Shared)}</td>");
        return Markup.Of($"""
            <details><summary>How alike the trees are</summary><p class="lead">Share of edges that join the same two models in both trees; hover for the mean distance between a model's two points.</p>
            <div class="scroll heat"><table><thead><tr><th>Suite</th>{Markup.Join(suites.Select(s => Markup.Of($"<th class=\"n narrow\">{Markup.Name(s)}</th>")))}</tr></thead><tbody>
            {Markup.Join(suites.Select(a => Markup.Of($"<tr><th scope=\"row\">{Markup.Name(a)}</th>{Markup.Join(suites.Select(b => Cell(a, b)))}</tr>")))}
            </tbody></table></div></details>
            """);
    }
}
