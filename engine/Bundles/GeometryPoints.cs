using System.Runtime.InteropServices;
using OnnxAudit.Comparison.Similarity;
using OnnxAudit.Graphs;
using OnnxAudit.Runs;

namespace OnnxAudit.Bundles;

/// <summary>The points of a similarity map in a bundle: its finished cells with angle, margin and length.</summary>
public static class GeometryPoints
{
    /// <summary>
    /// A point a cell, suite by suite, in plan order; columns are read when the map asks for them. Cells without geometry are left out. Where the cells are of several
    /// devices, models are called by variant and device.
    /// </summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="suites">Suites to take; null or empty: all.</param>
    /// <exception cref="AuditException">Usage: no such suite, or suites whose rows are not the same samples. Invalid: the bundle's samples are damaged.</exception>
    public static IReadOnlyList<GeometryPoint> Of(Bundle bundle, IReadOnlyList<string>? suites = null)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        var planned = bundle.Manifest.Datasets.Select(d => d.Id).ToArray();
        if (suites?.FirstOrDefault(s => !planned.Contains(s)) is { } unknown)
            throw new AuditException(AuditCode.Usage, bundle.Folder, $"no suite '{unknown}'", $"one of {string.Join(", ", planned)}", "Name suites of the bundle.");
        string[] taken = [.. planned.Where(s => suites is not { Count: > 0 } || suites.Contains(s)).Where(s => bundle.Cells.Any(c => c.Cell.Suite == s && HasGeometry(bundle, c.Cell)))];
        if (taken.Skip(1).FirstOrDefault(s => !SameSamples(bundle, taken[0], s)) is { } other)
            throw new AuditException(AuditCode.Usage, $"{bundle.Folder}, suite '{other}'", "other samples", $"those of suite '{taken[0]}', in the same order",
                "Name suites made from the same samples, or audit them again over one range.");
        var devices = bundle.Cells.Select(c => c.Cell.Device).Distinct().Count() > 1;
        return [.. taken.SelectMany(suite => bundle.Cells.Where(c => c.Cell.Suite == suite && HasGeometry(bundle, c.Cell)).Select(c => new GeometryPoint(
            devices ? $"{c.Cell.Variant} ({c.Cell.Device})" : c.Cell.Variant, suite, c.Result.Samples, (block, first, values) => Read(bundle, c.Cell, block, first, values))))];
    }

    /// <summary>The suites with geometry in sets over the same samples, each in plan order: what one map can show.</summary>
    /// <exception cref="AuditException">Invalid: the bundle's samples are damaged.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> SuitesOfOneKind(Bundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        var sets = new List<List<string>>();
        foreach (var suite in bundle.Manifest.Datasets.Select(d => d.Id).Where(s => bundle.Cells.Any(c => c.Cell.Suite == s && HasGeometry(bundle, c.Cell))))
            if (sets.Find(set => SameSamples(bundle, set[0], suite)) is { } same) same.Add(suite);
            else sets.Add([suite]);
        return sets;
    }

    private static string ColumnOf(GeometryBlock block) => block switch
    {
        GeometryBlock.Angle => "angle",
        GeometryBlock.Margin => "margin",
        _ => "length",
    };

    private static bool HasGeometry(Bundle bundle, Cell cell) => Enum.GetValues<GeometryBlock>().All(b => bundle.HasColumn(cell, ColumnOf(b)));

    private static void Read(Bundle bundle, Cell cell, GeometryBlock block, int first, Span<float> values)
    {
        using var column = bundle.OpenColumn(cell, ColumnOf(block));
        if (column.Type != ElementType.Float || column.Dims is not [_])
            throw new AuditException(AuditCode.Invalid, $"{bundle.Folder}, cell {cell.Id}, column {ColumnOf(block)}", $"{column.Type} [{string.Join(',', column.Dims)}]", "Float [samples]", "Make the bundle again.");
        Span<byte> skipped = stackalloc byte[1024];
        for (var left = (long)first * sizeof(float); left > 0; left -= Math.Min(left, skipped.Length)) column.Read(skipped[..(int)Math.Min(left, skipped.Length)]);
        column.Read(MemoryMarshal.AsBytes(values));
    }

    // Vectors are compared sample by sample, so the rows of every suite have to be the same samples; a corrupted copy of a dataset keeps its indices and labels.
    private static bool SameSamples(Bundle bundle, string suite, string other)
    {
        var (a, b) = (bundle.Samples(suite), bundle.Samples(other));
        return a.Labels.Span.SequenceEqual(b.Labels.Span) && a.SourceIndices.Span.SequenceEqual(b.SourceIndices.Span);
    }
}
