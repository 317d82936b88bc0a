using OnnxAudit.Files;
using OnnxAudit.Runs;

namespace OnnxAudit.Bundles;

/// <summary>Reads one cell's folder and the marker that makes it count.</summary>
internal static class CellFiles
{
    /// <summary>True when the cell's marker is there.</summary>
    internal static bool IsMarked(string folder, Cell cell) => File.Exists(BundleLayout.In(folder, BundleLayout.Done(cell.Id)));

    /// <summary>Reads a marked cell; every JSON file is read, columns are not.</summary>
    /// <exception cref="AuditException">Invalid: a file is missing or damaged, or cell.json is not the one the marker was written for.</exception>
    internal static (BundleCell Cell, string CellSha256) Read(string folder, Cell cell)
    {
        var marker = BundleLayout.In(folder, BundleLayout.Done(cell.Id));
        var path = BundleLayout.In(folder, BundleLayout.CellJson(cell.Id));
        var bytes = BundleJson.ReadBytes(path);
        var sha256 = Digest.Of(bytes);
        var marked = System.Text.Encoding.UTF8.GetString(BundleJson.ReadBytes(marker)).TrimEnd('\n');
        if (marked != sha256)
            throw new AuditException(AuditCode.Invalid, path, $"SHA-256 {sha256}", $"what its marker {BundleLayout.Done(cell.Id)} says",
                "The bundle is damaged or was changed; copy it again or make it again.");
        var (result, columns) = CellJson.Read(path, bytes, cell);
        var timing = CellJson.ReadTiming(BundleLayout.In(folder, BundleLayout.Timing(cell.Id)));
        return (new BundleCell(cell, result, timing, columns), sha256);
    }

    /// <summary>Reads every column to its end and compares its digest.</summary>
    /// <exception cref="AuditException">Invalid: a column is missing, damaged or another one.</exception>
    internal static void ProveColumns(string folder, BundleCell cell)
    {
        foreach (var column in cell.Columns)
            ColumnReader.Prove(BundleLayout.In(folder, BundleLayout.Column(cell.Cell.Id, column.Name)), column.Type, column.Dims, column.Sha256);
    }

    /// <summary>True when the cell is marked and every byte of it is as it was written.</summary>
    internal static bool IsWhole(string folder, Cell cell)
    {
        if (!IsMarked(folder, cell)) return false;
        try
        {
            ProveColumns(folder, Read(folder, cell).Cell);
            return true;
        }
        catch (AuditException e) when (e.Code == AuditCode.Invalid)
        {
            return false;
        }
    }
}
