using OnnxAudit.Bundles;
using OnnxAudit.Comparison.Robustness;
using OnnxAudit.Comparison.Similarity;

namespace OnnxAudit.Analyses;

/// <summary>What can be said of a bundle from its columns alone: derived data, which anybody can compute again.</summary>
public sealed record Analysis
{
    /// <summary>Digest of the bundle it was computed from.</summary>
    public required string BundleDigest { get; init; }

    /// <summary>How it was computed.</summary>
    public required AnalysisSettings Settings { get; init; }

    /// <summary>Counts and correlations.</summary>
    public required RobustnessFigures Robustness { get; init; }

    /// <summary>Angles of random vectors of each feature width of the bundle: what its angles are read against.</summary>
    public required IReadOnlyList<RandomAngle> RandomAngles { get; init; }

    /// <summary>Corruption errors.</summary>
    public required IReadOnlyList<VariantCorruptions> Corruptions { get; init; }

    /// <summary>Exemplars.</summary>
    public required ExemplarFigures Exemplars { get; init; }

    /// <summary>Every compressed variant against its root on every clean suite.</summary>
    public required IReadOnlyList<CellComparison> Comparisons { get; init; }

    /// <summary>How alike the suites of a grid are to the models.</summary>
    public required IReadOnlyList<RedundancyRow> Redundancy { get; init; }

    /// <summary>How similar the models are to one another; null when no map was asked for.</summary>
    public SimilarityMap? Similarity { get; init; }

    /// <summary>Linear CKA between the models' features, a table a suite; empty when it was not asked for.</summary>
    public IReadOnlyList<CkaTable> Cka { get; init; } = [];

    /// <summary>Remarks.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Columns, a row a sample.</summary>
    public IEnumerable<AnalysisColumn> Columns => Robustness.Columns.Concat(Exemplars.Columns);

    /// <summary>Computes the analysis of a finished bundle. Same bundle and settings: same analysis.</summary>
    /// <exception cref="AuditException">Invalid: the bundle is unfinished or a column is damaged. Usage: the settings name a variant it does not have.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Analysis Of(Bundle bundle, AnalysisSettings settings, CancellationToken cancellation = default)
    {
        if (!bundle.IsFinished)
            throw new AuditException(AuditCode.Invalid, bundle.Folder, "a bundle whose run has not come to its end", "a finished bundle", "Run the audit again with --resume.");
        var variants = Lineage.Of(bundle.Manifest, settings.Base);
        var grids = CorruptionSuites.Of(bundle, out var left);
        string[] clean = [.. grids.Select(g => g.Clean)];
        return new Analysis
        {
            BundleDigest = bundle.Digest,
            Settings = settings,
            Robustness = RobustnessFigures.Of(bundle, grids, variants, settings, cancellation),
            RandomAngles = [.. Widths(bundle).Select(m => Comparison.Robustness.RandomAngles.Of(m, settings.RandomPairs, settings.Bootstrap.Seed))],
            Corruptions = CorruptionFigures.Of(bundle, grids, variants, settings.Reference),
            Exemplars = ExemplarFigures.Of(bundle, clean, variants, cancellation),
            Comparisons = CellComparison.Adjust([.. Pairs(bundle, clean, variants).Select(p => CellComparison.Of(p.Before, p.After, settings.Top, cancellation))]),
            Redundancy = RedundancyFigures.Of(bundle, grids, cancellation),
            Notes = [.. left.Select(s => $"suite '{s}' is corrupted and has no clean suite of the same samples: it counts towards nothing")],
        };
    }

    private static IEnumerable<int> Widths(Bundle bundle) =>
        bundle.Cells.SelectMany(c => c.Columns.Where(k => k.Name == "features" && k.Dims.Count == 2).Select(k => (int)k.Dims[1])).Where(m => m > 0).Distinct().Order();

    private static IEnumerable<(CellSource Before, CellSource After)> Pairs(Bundle bundle, string[] suites, IReadOnlyList<LineageVariant> variants) =>
        from cell in bundle.Cells.Select(c => c.Cell)
        where suites.Contains(cell.Suite) && bundle.HasColumn(cell, "logits")
        let variant = variants.FirstOrDefault(v => v.Id == cell.Variant)
        where variant is { IsCompressed: true }
        let root = bundle.Cells.Select(c => c.Cell).FirstOrDefault(c => c.Variant == variant.Root && c.Suite == cell.Suite && c.Device == cell.Device)
        where root is not null && bundle.HasColumn(root, "logits")
        select (new CellSource(bundle, root), new CellSource(bundle, cell));
}
