using System.Runtime.InteropServices;
using OnnxAudit.Bundles;
using OnnxAudit.Saliency;

namespace OnnxAudit.Reports;

/// <summary>Samples whose nearest neighbours in saliency space are wanted.</summary>
/// <param name="Rows">Rows of the suite, from 0; empty: none.</param>
/// <param name="Count">Neighbours of each.</param>
/// <param name="Layers">"all", "early" or "late".</param>
public sealed record NeighbourQuery(IReadOnlyList<long> Rows, int Count, string Layers)
{
    private const int BlockBytes = 4 << 20;

    /// <summary>The neighbours in a finished cell, in the order of <see cref="Rows"/>; the standardised profiles are read twice, block by block.</summary>
    /// <exception cref="AuditException">Usage: a row the suite does not have, or no layers to divide.</exception>
    public IReadOnlyList<(long Row, IReadOnlyList<SaliencyNeighbour> Neighbours)> In(Bundle bundle, BundleCell cell)
    {
        if (Rows.Count == 0) return [];
        var layers = cell.Result.Layers;
        var filters = layers[^1].First + layers[^1].Filters;
        if (Rows.Any(r => r >= cell.Result.Samples))
            throw new AuditException(AuditCode.Usage, "--query", FormattableString.Invariant($"row {Rows.Max()}"), FormattableString.Invariant($"0 to {cell.Result.Samples - 1}"), "Rows count from 0 in the suite's order.");
        if (Layers != "all" && layers.Count < 2)
            throw new AuditException(AuditCode.Usage, "--layers", $"'{Layers}' of a profile of one layer", "all", "Leave --layers out.");
        var (first, count) = Layers == "all" ? (0, filters) : SaliencyNeighbours.Part(layers, Layers == "early");
        var profiles = new Dictionary<long, float[]>();
        Read(bundle, cell, filters, (rows, from) =>
        {
            for (var i = 0; i < rows.Length / filters; i++)
                if (Rows.Contains(from + i)) profiles[from + i] = rows.Slice(i * filters, filters).ToArray();
        });
        var search = new SaliencyNeighbours(profiles.Select(p => (p.Key, p.Value)), Count, first, count);
        Read(bundle, cell, filters, (rows, from) => search.Take(rows, filters, from));
        return [.. Rows.Distinct().Select(row => (row, search.Of(row)))];
    }

    private static void Read(Bundle bundle, BundleCell cell, int filters, BlockOfRows take)
    {
        using var reader = bundle.OpenColumn(cell.Cell, "saliency_standardised");
        var block = Math.Max(1, BlockBytes / (filters * sizeof(float)));
        var buffer = new float[block * filters];
        for (long row = 0; row < cell.Result.Samples; row += block)
        {
            var rows = buffer.AsSpan(0, (int)Math.Min(block, cell.Result.Samples - row) * filters);
            reader.Read(MemoryMarshal.AsBytes(rows));
            take(rows, row);
        }
    }

    private delegate void BlockOfRows(ReadOnlySpan<float> rows, long first);
}
