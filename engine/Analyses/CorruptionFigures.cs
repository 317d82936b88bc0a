using OnnxAudit.Bundles;
using OnnxAudit.Comparison.Robustness;
using OnnxAudit.Corruptions;

namespace OnnxAudit.Analyses;

/// <summary>The corruption errors of one variant over one grid.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Suite">The clean suite of the grid.</param>
/// <param name="Device">The device.</param>
/// <param name="Reference">The variant its errors are divided by; null without one.</param>
/// <param name="Clean">Error on the clean suite; NaN when that cell is not there.</param>
/// <param name="Cells">Error of every cell.</param>
/// <param name="Corruptions">Per corruption.</param>
/// <param name="Severities">Per severity.</param>
/// <param name="Means">Over the 15 common corruptions, all of the table, and those there are.</param>
/// <param name="Classes">Per class: name, clean error, mean error over the cells.</param>
public sealed record VariantCorruptions(string Variant, string Suite, string Device, string? Reference, double Clean, IReadOnlyList<CorruptionError> Cells,
    IReadOnlyList<CorruptionSummary> Corruptions, IReadOnlyList<(int Severity, int Cells, double Error)> Severities, IReadOnlyList<CorruptionSummary> Means,
    IReadOnlyList<(string Class, double Clean, double Error)> Classes);

/// <summary>Corruption errors of a bundle, read from the metrics of its cells.</summary>
public static class CorruptionFigures
{
    /// <summary>Name of the mean over the common corruptions.</summary>
    public const string Common = "mean of common";

    /// <summary>Name of the mean over every corruption of the table.</summary>
    public const string All = "mean of all";

    /// <summary>Name of the mean over the corruptions the bundle has.</summary>
    public const string Present = "mean of present";

    /// <summary>A figure a grid, device and variant.</summary>
    internal static IReadOnlyList<VariantCorruptions> Of(Bundle bundle, IReadOnlyList<CorruptionSuites> grids, IReadOnlyList<LineageVariant> variants, string? reference)
    {
        if (reference is not null && variants.All(v => v.Id != reference))
            throw new AuditException(AuditCode.Usage, "--reference", $"'{reference}'", string.Join(", ", variants.Select(v => v.Id)), "Name a variant of the bundle.");
        var figures = new List<VariantCorruptions>();
        foreach (var grid in grids.Where(g => g.Corrupted.Count > 0))
            foreach (var device in bundle.Manifest.Cells.Select(c => c.Device).Distinct(StringComparer.Ordinal))
                foreach (var variant in variants)
                {
                    var (cells, clean) = (Errors(bundle, grid, variant.Id, device), Error(bundle, variant.Id, grid.Clean, device, "all", ""));
                    if (cells.Count == 0) continue;
                    var other = reference ?? (variant.IsCompressed ? variant.Root : null);
                    var rows = other is null ? CorruptionErrors.ByCorruption(cells, clean)
                        : CorruptionErrors.ByCorruption(cells, clean, Errors(bundle, grid, other, device), Error(bundle, other, grid.Clean, device, "all", ""));
                    figures.Add(new VariantCorruptions(variant.Id, grid.Clean, device, other, clean, cells, rows, CorruptionErrors.BySeverity(cells), Means(rows),
                        [.. bundle.Samples(grid.Clean).Classes.Select(c => (c, Error(bundle, variant.Id, grid.Clean, device, "class", c), ClassError(bundle, grid, variant.Id, device, c)))]));
                }

        return figures;
    }

    private static CorruptionSummary[] Means(IReadOnlyList<CorruptionSummary> rows) =>
    [
        CorruptionErrors.Mean(Common, rows, [.. CorruptionTable.All.Where(c => !c.Extra).Select(c => c.Name)]),
        CorruptionErrors.Mean(All, rows, [.. CorruptionTable.All.Select(c => c.Name)]),
        CorruptionErrors.Mean(Present, rows, [.. rows.Select(r => r.Name)]),
    ];

    private static IReadOnlyList<CorruptionError> Errors(Bundle bundle, CorruptionSuites grid, string variant, string device) =>
        [.. grid.Corrupted.Select(s => new CorruptionError(s.Corruption.Name, s.Corruption.Severity, Error(bundle, variant, s.Suite, device, "all", "")))
            .Where(e => !double.IsNaN(e.Error)).DistinctBy(e => (e.Corruption, e.Severity))];

    private static double ClassError(Bundle bundle, CorruptionSuites grid, string variant, string device, string name) =>
        grid.Corrupted.Select(s => Error(bundle, variant, s.Suite, device, "class", name)).Where(e => !double.IsNaN(e)).DefaultIfEmpty(double.NaN).Average();

    private static double Error(Bundle bundle, string variant, string suite, string device, string kind, string name)
    {
        var cell = bundle.Cells.FirstOrDefault(c => c.Cell.Variant == variant && c.Cell.Suite == suite && c.Cell.Device == device);
        var slice = cell?.Result.Slices.FirstOrDefault(s => s.Kind == kind && s.Name == name);
        return slice is null ? double.NaN : 1 - slice.Metrics.Where(m => m.Key == "accuracy").Select(m => m.Value).DefaultIfEmpty(double.NaN).First();
    }
}
