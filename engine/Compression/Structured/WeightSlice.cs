using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Structured;

/// <summary>What a constant's entries are to the channels they belong to.</summary>
internal enum SliceRole
{
    /// <summary>They make the channel: a filter, a bias, a normalisation's scale, shift or mean. All zero, the channel is zero.</summary>
    Makes,

    /// <summary>They read the channel. All zero, nothing of it arrives.</summary>
    Reads,

    /// <summary>They go with the channel and need not be zero: a variance, a slope, a factor.</summary>
    Goes,
}

/// <summary>A constant input with a slice per channel.</summary>
/// <param name="Node">The node.</param>
/// <param name="Input">The input.</param>
/// <param name="Axis">The axis of the constant along which channels lie.</param>
/// <param name="Ids">The channel of each index.</param>
/// <param name="Role">What the slices do.</param>
internal sealed record WeightSlice(Node Node, int Input, int Axis, int[] Ids, SliceRole Role);
