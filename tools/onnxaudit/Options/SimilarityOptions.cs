using System.CommandLine;
using OnnxAudit.Bundles;
using OnnxAudit.Comparison.Embedding;
using OnnxAudit.Comparison.Similarity;

namespace OnnxAudit.Cli.Options;

/// <summary>--similarity and how the map is made.</summary>
internal sealed class SimilarityOptions
{
    private readonly Option<bool> _wanted = new("--similarity") { Description = "Also map how similar the models are: distances of angle, margin and length, UMAP, spanning trees" };
    private readonly Option<string[]> _suites = new("--suite") { Description = "Suites of the map, all over the same samples, or of --cka; else every suite for the map, the first for CKA", HelpName = "SUITE", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _layout = new Option<string>("--layout") { Description = "What places the points: UMAP, or classical scaling", DefaultValueFactory = _ => "umap" }.AcceptOnlyFromAmong("umap", "mds");
    private readonly Option<string> _scaling = new Option<string>("--scaling") { Description = "Angle, margin and length as measured, or each over its standard deviation (for models of different architectures)", DefaultValueFactory = _ => "raw" }.AcceptOnlyFromAmong("raw", "standardised");
    private readonly Option<string> _trees = new Option<string>("--trees") { Description = "Where the spanning trees lie: in the layout, or between the vectors", DefaultValueFactory = _ => "layout" }.AcceptOnlyFromAmong("layout", "vectors");
    private readonly Option<bool> _cka = new("--cka") { Description = "Also compute linear CKA between the features of every two models" };
    private readonly Option<int> _neighbours = new("--neighbours") { Description = "Neighbours of UMAP, the point itself counted", HelpName = "N", DefaultValueFactory = _ => new UmapSettings().Neighbours };

    /// <summary>The group.</summary>
    public SimilarityOptions() => _neighbours.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < 2) result.AddError("--neighbours takes a number from 2.");
    });

    /// <summary>The options in help order.</summary>
    public IReadOnlyList<Symbol> Symbols => [_wanted, _cka, _suites, _layout, _scaling, _trees, _neighbours];

    /// <summary>CKA between the features of a bundle's models, a table a suite; none when it is not asked for.</summary>
    /// <exception cref="AuditException">Usage: a suite that is not there or has no features. Invalid: a column is damaged.</exception>
    public IReadOnlyList<CkaTable> Cka(ParseResult parsed, Bundle bundle, int threads, CancellationToken cancellation)
    {
        if (!parsed.GetValue(_cka)) return [];
        string[] suites = parsed.GetValue(_suites) is { Length: > 0 } named ? named : [.. bundle.Manifest.Datasets.Select(d => d.Id).Take(1)];
        return [.. suites.Select(suite => CkaTable.Of(suite, FeatureSets.Of(bundle, suite), threads, cancellation))];
    }

    /// <summary>The map of a bundle; null when it is not asked for.</summary>
    /// <exception cref="AuditException">Usage: an option of the map without --similarity, or suites that one map cannot hold. Invalid: a column is damaged.</exception>
    public SimilarityMap? Map(ParseResult parsed, Bundle bundle, ulong seed, int threads, CancellationToken cancellation)
    {
        if (!parsed.GetValue(_wanted))
        {
            Option[] ofTheMap = [_layout, _scaling, _trees, _neighbours];
            if ((parsed.GetValue(_cka) ? ofTheMap : [_suites, .. ofTheMap]).FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } stray)
                throw new AuditException(AuditCode.Usage, "command line", $"{stray.Name} without --similarity", "both or none", "Add --similarity.");
            return null;
        }

        var settings = new SimilaritySettings
        {
            Vectors = new VectorSettings { Scaling = parsed.GetValue(_scaling) == "raw" ? VectorScaling.Raw : VectorScaling.BlockStandardised, Threads = threads },
            Layout = parsed.GetValue(_layout) == "mds" ? MapLayout.Mds : MapLayout.Umap,
            Trees = parsed.GetValue(_trees) == "vectors" ? TreeSpace.Vectors : TreeSpace.Layout,
            Umap = new UmapSettings { Seed = seed, Neighbours = parsed.GetValue(_neighbours) },
        };
        return SimilarityMap.Of(GeometryPoints.Of(bundle, parsed.GetValue(_suites)), settings, cancellation);
    }
}
