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

    /// <summary>Closes every column (each must have all its rows), writes result and timing, then the marker that makes the cell count.</summary>
    void Complete(CellResult result, CellTiming timing);
}
