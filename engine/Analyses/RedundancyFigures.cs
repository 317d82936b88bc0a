using OnnxAudit.Bundles;
using OnnxAudit.Comparison.Robustness;

namespace OnnxAudit.Analyses;

/// <summary>How alike two suites of a grid are to the bundle's models.</summary>
/// <param name="Grid">The grid's clean suite.</param>
/// <param name="Device">The device.</param>
/// <param name="First">A suite.</param>
/// <param name="Second">Another.</param>
/// <param name="Models">Models the means are over.</param>
/// <param name="Angle">Mean rank correlation of the angles; NaN over no model.</param>
/// <param name="Length">Of the lengths.</param>
/// <param name="Margin">Of the margins.</param>
public sealed record RedundancyRow(string Grid, string Device, string First, string Second, int Models, double Angle, double Length, double Margin)
{
    /// <summary>The mean of the three.</summary>
    public double Mean => (Angle + Length + Margin) / 3;
}

/// <summary>Redundancy of a bundle's corruptions.</summary>
public static class RedundancyFigures
{
    private const int MiddleSeverity = 3;
    private static readonly string[] Measures = ["angle", "length", "margin"];

    /// <summary>A row a pair of suites of a grid: the clean one, and every corruption at severity 3, or the nearest to it there is.</summary>
    /// <exception cref="AuditException">Invalid: a column is damaged.</exception>
    internal static IReadOnlyList<RedundancyRow> Of(Bundle bundle, IReadOnlyList<CorruptionSuites> grids, CancellationToken cancellation)
    {
        var rows = new List<RedundancyRow>();
        foreach (var grid in grids.Where(g => g.Corrupted.Count > 0))
            foreach (var device in bundle.Manifest.Cells.Select(c => c.Device).Distinct(StringComparer.Ordinal))
            {
                string[] suites = [grid.Clean, .. grid.Corrupted.GroupBy(c => c.Corruption.Name, StringComparer.Ordinal)
                    .Select(g => g.OrderBy(c => Math.Abs(c.Corruption.Severity - MiddleSeverity)).ThenBy(c => c.Corruption.Severity).First().Suite)];
                var similarity = new SuiteSimilarity(suites.Length, Measures.Length);
                foreach (var variant in bundle.Manifest.Variants)
                {
                    cancellation.ThrowIfCancellationRequested();
                    similarity.Take([.. suites.Select(suite => Columns(bundle, variant.Id, suite, device))]);
                }

                rows.AddRange(similarity.Pairs.Where(p => p.Models.Max() > 0)
                    .Select(p => new RedundancyRow(grid.Clean, device, suites[p.First], suites[p.Second], p.Models.Max(), p.Correlations[0], p.Correlations[1], p.Correlations[2])));
            }

        return rows;
    }

    private static float[]?[] Columns(Bundle bundle, string variant, string suite, string device)
    {
        var cell = bundle.Cells.Select(c => c.Cell).FirstOrDefault(c => c.Variant == variant && c.Suite == suite && c.Device == device);
        return [.. Measures.Select(m => cell is null || !bundle.HasColumn(cell, m) ? null : bundle.Column(cell, m).Span<float>().ToArray())];
    }
}
