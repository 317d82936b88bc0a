using OnnxAudit.Runtime;

namespace OnnxAudit.Compression.Structured;

/// <summary>A layer before and after.</summary>
/// <param name="Before">As it was.</param>
/// <param name="After">As it is.</param>
public sealed record LayerChange(LayerCost Before, LayerCost After);

/// <summary>Channels that could not go.</summary>
/// <param name="Layers">The layers that make them.</param>
/// <param name="Channels">How many groups of channels.</param>
/// <param name="Why">The reason.</param>
public sealed record KeptChannels(string Layers, int Channels, string Why);

/// <summary>What a structured removal did.</summary>
/// <param name="Path">The model written.</param>
/// <param name="Sha256">Its SHA-256 (hex).</param>
/// <param name="Recipe">The lineage in its metadata.</param>
/// <param name="Before">Estimated cost of the parent.</param>
/// <param name="After">Estimated cost of what was written.</param>
/// <param name="Layers">Convolutions and matrix products, in file order. Zeroed channels count as there.</param>
/// <param name="Groups">Channel groups that might have gone.</param>
/// <param name="Removed">Channel groups that went.</param>
/// <param name="Kept">Channels that could not go.</param>
/// <param name="BytesBefore">Size of the parent's files.</param>
/// <param name="BytesAfter">Size of the files written.</param>
/// <param name="LatencyBefore">Measured on the parent; null when nothing was measured.</param>
/// <param name="LatencyAfter">Measured on what was written.</param>
/// <param name="Notes">Sentences for people.</param>
public sealed record StructuredReport(
    string Path, string Sha256, Recipe Recipe, ModelCost Before, ModelCost After, IReadOnlyList<LayerChange> Layers, int Groups, int Removed, IReadOnlyList<KeptChannels> Kept,
    long BytesBefore, long BytesAfter, ModelLatency? LatencyBefore, ModelLatency? LatencyAfter, IReadOnlyList<string> Notes);
