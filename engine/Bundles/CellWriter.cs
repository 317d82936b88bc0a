using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Graphs;
using OnnxAudit.Runs;

namespace OnnxAudit.Bundles;

/// <summary>
/// One cell being written. Everything goes into a folder beside the final one; it is synced and renamed, and only then the marker is written,
/// so a kill at any instant leaves a cell that is whole or does not count.
/// </summary>
internal sealed class CellWriter : ICellWriter
{
    private readonly BundleWriter _bundle;
    private readonly Cell _cell;
    private readonly int _samples;
    private readonly string _building;
    private readonly Func<string, FileStream> _open;
    private readonly Dictionary<string, ColumnWriter> _columns = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private bool _finished;

    internal CellWriter(BundleWriter bundle, Cell cell, int samples)
        : this(bundle, cell, samples, path => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1))
    {
    }

    /// <summary>Writes columns to the files <paramref name="open"/> creates.</summary>
    internal CellWriter(BundleWriter bundle, Cell cell, int samples, Func<string, FileStream> open)
    {
        (_bundle, _cell, _samples, _open) = (bundle, cell, samples, open);
        _building = bundle.At(BundleLayout.Building(cell.Id));
        bundle.Disk(_building, () =>
        {
            BundleFolder.Delete(_building);
            BundleFolder.Delete(bundle.At(BundleLayout.Cell(cell.Id)));
            Directory.CreateDirectory(_building);
        });
    }

    /// <inheritdoc/>
    public void Append(string column, ElementType type, ReadOnlySpan<long> dims, ReadOnlySpan<byte> rows)
    {
        if (_finished) throw new InvalidOperationException($"cell '{_cell.Id}' is complete");
        if (!BundleLayout.IsName(column)) throw new ArgumentException($"'{column}' cannot name a column", nameof(column));
        try
        {
            if (!_columns.TryGetValue(column, out var writer))
            {
                if (dims.IsEmpty || dims[0] != _samples) throw new ArgumentException($"column '{column}' must have {_samples} rows, one per sample", nameof(dims));
                writer = new ColumnWriter(_open(Path.Combine(_building, column + BundleLayout.ColumnSuffix)), column, type, dims);
                _columns.Add(column, writer);
                _order.Add(column);
            }

            writer.Append(type, dims, rows);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BundleFolder.Failed(_building, e);
        }
    }

    /// <inheritdoc/>
    public void Complete(CellResult result, CellTiming timing)
    {
        if (_finished) throw new InvalidOperationException($"cell '{_cell.Id}' is complete");
        if (result.Samples != _samples) throw new ArgumentException($"{result.Samples} samples, but the suite has {_samples}", nameof(result));
        var json = Array.Empty<byte>();
        _bundle.Disk(_building, () =>
        {
            ColumnInfo[] columns = [.. _order.Select(name => _columns[name].Close())];
            json = CellJson.Write(_cell, result, columns);
            AtomicFile.WriteBytes(Path.Combine(_building, BundleLayout.CellFile), json);
            AtomicFile.WriteBytes(Path.Combine(_building, BundleLayout.TimingFile), CellJson.Write(timing));
            AtomicFile.SyncFolder(_building);
            Directory.Move(_building, _bundle.At(BundleLayout.Cell(_cell.Id)));
            AtomicFile.SyncFolder(_bundle.At(BundleLayout.CellsFolder));
        });
        _bundle.MarkDone(_cell, json);
        _finished = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var column in _columns.Values) column.Dispose();
        if (!_finished) _bundle.Disk(_building, () => BundleFolder.Delete(_building));
        _finished = true;
    }
}
