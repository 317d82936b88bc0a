using OnnxAudit.Graphs;
using OnnxAudit.Runs;

namespace OnnxAudit.Bundles;

/// <summary>A column's description.</summary>
/// <param name="Name">E.g. "logits".</param>
/// <param name="Type">Element type.</param>
/// <param name="Dims">Shape, rows first.</param>
/// <param name="Sha256">Of the uncompressed .npy bytes, hex.</param>
/// <param name="PerSample">Its rows are the suite's samples; false for a table of the cell's own, e.g. a row a filter.</param>
public sealed record ColumnInfo(string Name, ElementType Type, IReadOnlyList<long> Dims, string Sha256, bool PerSample = true);

/// <summary>A named set of a suite's rows; groups may overlap.</summary>
/// <param name="Name">Unique in its suite.</param>
/// <param name="Rows">Row numbers, ascending.</param>
public sealed record RowGroup(string Name, IReadOnlyList<int> Rows);

/// <summary>What a suite's rows are.</summary>
/// <param name="Labels">True class of every row.</param>
/// <param name="SourceIndices">Index of every row in its source, before any range was taken.</param>
/// <param name="Classes">Class names by label.</param>
/// <param name="Groups">Sample groups.</param>
public sealed record BundleSamples(ReadOnlyMemory<int> Labels, ReadOnlyMemory<long> SourceIndices, IReadOnlyList<string> Classes,
    IReadOnlyList<RowGroup> Groups);

/// <summary>A finished cell.</summary>
public sealed record BundleCell(Cell Cell, CellResult Result, CellTiming Timing, IReadOnlyList<ColumnInfo> Columns);
