using OnnxAudit.Comparison.Similarity;
using OnnxAudit.Graphs;

namespace OnnxAudit.Bundles;

/// <summary>The features of a bundle's models on a suite.</summary>
public static class FeatureSets
{
    private const string Column = "features";

    /// <summary>One set a finished cell of the suite that has features, in plan order; read when asked for.</summary>
    /// <exception cref="AuditException">Usage: no such suite, or none of its cells has features. Invalid: a column of another type.</exception>
    public static IReadOnlyList<FeatureSet> Of(Bundle bundle, string suite)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        var planned = bundle.Manifest.Datasets.Select(d => d.Id).ToArray();
        if (!planned.Contains(suite)) throw new AuditException(AuditCode.Usage, bundle.Folder, $"no suite '{suite}'", $"one of {string.Join(", ", planned)}", "Name suites of the bundle.");
        var cells = bundle.Cells.Where(c => c.Cell.Suite == suite && bundle.HasColumn(c.Cell, Column)).ToArray();
        if (cells.Length == 0) throw new AuditException(AuditCode.Usage, $"{bundle.Folder}, suite '{suite}'", "no cell with features", "cells audited with geometry", "Audit without --no-geometry.");
        var devices = cells.Select(c => c.Cell.Device).Distinct().Count() > 1;
        return [.. cells.Select(c =>
        {
            var info = c.Columns.First(k => k.Name == Column);
            if (info.Type != ElementType.Float || info.Dims is not [_, > 0 and < int.MaxValue])
                throw new AuditException(AuditCode.Invalid, $"{bundle.Folder}, cell {c.Cell.Id}, column {Column}", $"{info.Type} [{string.Join(',', info.Dims)}]", "Float [samples, features]", "Make the bundle again.");
            return new FeatureSet(devices ? $"{c.Cell.Variant} ({c.Cell.Device})" : c.Cell.Variant, c.Result.Samples, (int)info.Dims[1], () => bundle.Column(c.Cell, Column).Span<float>().ToArray());
        })];
    }
}
