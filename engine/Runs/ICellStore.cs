using OnnxAudit.Graphs;

namespace OnnxAudit.Runs;

/// <summary>Where a run puts its cells. The bundle is one; tests may bring their own.</summary>
public interface ICellStore
{
    /// <summary>True when the cell is complete from an earlier run and must not be run again.</summary>
    bool IsDone(Cell cell);

    /// <summary>Starts a cell, discarding what an interrupted run left of it.</summary>
    ICellWriter Begin(Cell cell);
}

/// <summary>Receives one cell's columns in row order, then its result. Disposed without <see cref="Complete"/>, the cell does not count.</summary>
public interface ICellWriter : IDisposable
{
    /// <summary>Appends rows to a column. <paramref name="dims"/> is the whole column's shape, rows first; <paramref name="rows"/> its next bytes, C order.</summary>
    void Append(string column, ElementType type, ReadOnlySpan<long> dims, ReadOnlySpan<byte> rows);

    /// <summary>Writes a table of the cell's own: rows that are not samples, e.g. one a filter. <paramref name="bytes"/> is all of it, C order.</summary>
    void Table(string name, ElementType type, ReadOnlySpan<long> dims, ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Closes a column that has all its rows and hands it back from its start, <paramref name="rows"/> rows at a time (fewer at the end), so that what follows
    /// from the whole column can be written without holding it.
    /// </summary>
    void ReadBack(string column, int rows, Action<ReadOnlyMemory<byte>> take);

    /// <summary>Closes every column (each must have all its rows), writes result and timing, then the marker that makes the cell count.</summary>
    void Complete(CellResult result, CellTiming timing);
}
