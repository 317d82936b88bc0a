using OnnxAudit.Bundles;
using OnnxAudit.Comparison.Robustness;
using OnnxAudit.Corruptions;
using OnnxAudit.Runs;
using OnnxAudit.Statistics;

namespace OnnxAudit.Analyses;

/// <summary>Counts of correct classifications over several cells.</summary>
/// <param name="Target">"robustness" or "pruning_vulnerability".</param>
/// <param name="Cell">The clean cell the counts belong to.</param>
/// <param name="Cells">Cells counted over.</param>
/// <param name="Mean">Mean count.</param>
/// <param name="Missing">What the definition asks for and the bundle lacks, in words; empty when nothing.</param>
public sealed record TallyFigure(string Target, Cell Cell, int Cells, double Mean, string Missing);

/// <summary>The correlations of one clean cell.</summary>
/// <param name="Cell">The clean cell of an uncompressed variant.</param>
/// <param name="Rows">A row a target and measure.</param>
public sealed record CellCorrelations(Cell Cell, IReadOnlyList<CorrelationRow> Rows);

/// <summary>Robustness, pruning vulnerability, and how they go with geometry.</summary>
/// <param name="Tallies">The counts.</param>
/// <param name="Correlations">The tables, one a clean cell of a root that has counts and geometry.</param>
/// <param name="Columns">The counts per sample.</param>
public sealed record RobustnessFigures(IReadOnlyList<TallyFigure> Tallies, IReadOnlyList<CellCorrelations> Correlations, IReadOnlyList<AnalysisColumn> Columns)
{
    private const int Severities = 5;
    private static readonly string[] Measures = ["angle", "length", "margin"];

    /// <summary>Counts every finished cell of the grids. Robustness for every variant, correlations for the roots, whose clean dense geometry explains them.</summary>
    /// <exception cref="AuditException">Invalid: a column is damaged.</exception>
    internal static RobustnessFigures Of(Bundle bundle, IReadOnlyList<CorruptionSuites> grids, IReadOnlyList<LineageVariant> variants, AnalysisSettings settings, CancellationToken cancellation)
    {
        var (tallies, correlations, columns) = (new List<TallyFigure>(), new List<CellCorrelations>(), new List<AnalysisColumn>());
        foreach (var grid in grids)
            foreach (var cell in bundle.Cells.Select(c => c.Cell).Where(c => c.Suite == grid.Clean && bundle.HasColumn(c, "correct")))
            {
                cancellation.ThrowIfCancellationRequested();
                var targets = new List<NamedColumn>();
                if (grid.Corrupted.Count > 0) Count("robustness", [.. grid.Corrupted.Select(s => cell with { Suite = s.Suite })], MissingOf(grid));
                if (PruningLadder.Of(cell.Variant, variants) is { } ladder)
                    Count("pruning_vulnerability", [.. ladder.Rungs.Select(r => cell with { Variant = r.Variant })], ladder.Missing.Count == 0 ? "" : $"ratios {ladder.MissingText}");
                if (targets.Count > 0 && variants.Any(v => v.Id == cell.Variant && !v.IsCompressed) && Measures.All(m => bundle.HasColumn(cell, m)))
                    correlations.Add(new CellCorrelations(cell, Correlate(bundle, cell, targets, settings.Bootstrap)));

                void Count(string target, Cell[] over, string missing)
                {
                    var found = over.Select(o => bundle.Cells.FirstOrDefault(c => c.Cell.Variant == o.Variant && c.Cell.Suite == o.Suite && c.Cell.Device == o.Device)?.Cell)
                        .OfType<Cell>().Where(c => bundle.HasColumn(c, "correct")).ToArray();
                    if (found.Length == 0) return;
                    var tally = new CorrectTally(bundle.Manifest.Datasets.First(d => d.Id == cell.Suite).Count);
                    foreach (var one in found) tally.Take(bundle.Column(one, "correct").Data.Span);
                    var lacking = found.Length == over.Length ? missing : string.Join("; ", new[] { missing, FormattableString.Invariant($"{over.Length - found.Length} unfinished cells") }.Where(t => t.Length > 0));
                    tallies.Add(new TallyFigure(target, cell, tally.Cells, tally.Counts.ToArray().DefaultIfEmpty().Average(), lacking));
                    columns.Add(AnalysisColumn.Of(cell.Id, target, tally.Counts.Span));
                    targets.Add(new NamedColumn(target, [.. tally.Counts.ToArray().Select(c => (double)c)]));
                }
            }

        return new RobustnessFigures(tallies, correlations, columns);
    }

    private static IReadOnlyList<CorrelationRow> Correlate(Bundle bundle, Cell cell, List<NamedColumn> targets, BootstrapOptions options)
    {
        float[][] measures = [.. Measures.Select(m => bundle.Column(cell, m).Span<float>().ToArray())];
        var flagged = FlaggedSamples.Of(measures[0], measures[1], measures[2], bundle.Samples(cell.Suite).Labels.Span);
        return CorrelationTable.Of(targets, [.. Measures.Select((name, m) => new NamedColumn(name, [.. measures[m].Select(v => (double)v)]))], flagged, options);
    }

    /// <summary>Eq. 6 asks for every corruption of the table at every severity.</summary>
    private static string MissingOf(CorruptionSuites grid)
    {
        var there = grid.Corrupted.Select(c => (c.Corruption.Name, c.Corruption.Severity)).ToHashSet();
        var missing = CorruptionTable.All.Sum(c => Enumerable.Range(1, Severities).Count(s => !there.Contains((c.Name, s))));
        return missing == 0 ? "" : FormattableString.Invariant($"{missing} of the {CorruptionTable.All.Count * Severities} corruptions and severities");
    }
}
