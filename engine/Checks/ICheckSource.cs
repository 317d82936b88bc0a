using OnnxAudit.Bundles;
using OnnxAudit.Runs;

namespace OnnxAudit.Checks;

/// <summary>What a check reads of a bundle.</summary>
internal interface ICheckSource
{
    /// <summary>How messages call it.</summary>
    string Name { get; }

    BundleManifest Manifest { get; }

    /// <summary>The finished cell of that id, or null.</summary>
    BundleCell? Find(string cellId);

    BundleSamples Samples(string suiteId);

    /// <summary>One byte per row, 1 where the prediction is right; null when the cell has no such column.</summary>
    ReadOnlyMemory<byte>? Correct(Cell cell);
}

/// <summary>A bundle on disk as a source. Keeps the column it read last: a rule's slices ask for the same one again and again.</summary>
internal sealed class BundleSource(Bundle bundle) : ICheckSource
{
    private const string CorrectColumn = "correct";

    private string? _lastCell;
    private ReadOnlyMemory<byte> _last;

    public string Name => bundle.Folder;

    public BundleManifest Manifest => bundle.Manifest;

    public BundleCell? Find(string cellId) => bundle.Find(cellId);

    public BundleSamples Samples(string suiteId) => bundle.Samples(suiteId);

    public ReadOnlyMemory<byte>? Correct(Cell cell)
    {
        if (_lastCell == cell.Id) return _last;
        if (!bundle.HasColumn(cell, CorrectColumn)) return null;
        var column = bundle.Column(cell, CorrectColumn);
        if (column.Type != Graphs.ElementType.UInt8 || column.Rank != 1) return null;
        (_lastCell, _last) = (cell.Id, column.Data);
        return _last;
    }
}
