using System.Runtime.InteropServices;
using OnnxAudit.Graphs;

namespace OnnxAudit.Analyses;

/// <summary>A column of an analysis: a row a sample.</summary>
/// <param name="Place">What it is of: a cell's id or a suite's.</param>
/// <param name="Name">Its name there, e.g. "robustness".</param>
/// <param name="Type">Element type.</param>
/// <param name="Rows">Samples.</param>
/// <param name="Bytes">Elements, little-endian.</param>
public sealed record AnalysisColumn(string Place, string Name, ElementType Type, int Rows, byte[] Bytes)
{
    /// <summary>A column of counts.</summary>
    public static AnalysisColumn Of(string place, string name, ReadOnlySpan<int> values) => new(place, name, ElementType.Int32, values.Length, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A column of flags, 1 or 0.</summary>
    public static AnalysisColumn Of(string place, string name, bool[] values) => new(place, name, ElementType.UInt8, values.Length, [.. values.Select(v => (byte)(v ? 1 : 0))]);

    /// <summary>A column of measures.</summary>
    public static AnalysisColumn Of(string place, string name, ReadOnlySpan<float> values) => new(place, name, ElementType.Float, values.Length, MemoryMarshal.AsBytes(values).ToArray());
}
