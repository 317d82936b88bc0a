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
    private readonly List<string> _tables = [];
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
        if (!_columns.ContainsKey(column) && (dims.IsEmpty || dims[0] != _samples))
            throw new ArgumentException($"column '{column}' must have {_samples} rows, one per sample", nameof(dims));
        Put(column, type, dims, rows, _order);
    }

    /// <inheritdoc/>
    public void Table(string name, ElementType type, ReadOnlySpan<long> dims, ReadOnlySpan<byte> bytes)
    {
        if (_columns.ContainsKey(name)) throw new ArgumentException($"'{name}' is written already", nameof(name));
        Put(name, type, dims, bytes, _tables);
    }

    /// <inheritdoc/>
    public void ReadBack(string column, int rows, Action<ReadOnlyMemory<byte>> take)
    {
        var info = _columns[column].Close();
        using var reader = new ColumnReader(Path.Combine(_building, column + BundleLayout.ColumnSuffix), info.Type, info.Dims, info.Sha256);
        var row = info.Type.ByteLength(Tensor.CountOf([.. info.Dims])) / Math.Max(1, info.Dims[0]);
        var buffer = new byte[row * Math.Min(rows, info.Dims[0])];
        for (var first = 0L; first < info.Dims[0]; first += rows)
        {
            var bytes = buffer.AsMemory(0, (int)(row * Math.Min(rows, info.Dims[0] - first)));
            reader.Read(bytes.Span);
            take(bytes);
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
            ColumnInfo[] columns = [.. _order.Select(name => _columns[name].Close()), .. _tables.Select(name => _columns[name].Close() with { PerSample = false })];
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

    private void Put(string name, ElementType type, ReadOnlySpan<long> dims, ReadOnlySpan<byte> bytes, List<string> order)
    {
        if (_finished) throw new InvalidOperationException($"cell '{_cell.Id}' is complete");
        if (!BundleLayout.IsName(name)) throw new ArgumentException($"'{name}' cannot name a column", nameof(name));
        try
        {
            if (!_columns.TryGetValue(name, out var writer))
            {
                writer = new ColumnWriter(_open(Path.Combine(_building, name + BundleLayout.ColumnSuffix)), name, type, dims);
                _columns.Add(name, writer);
                order.Add(name);
            }

            writer.Append(type, dims, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BundleFolder.Failed(_building, e);
        }
    }
}
