using OnnxAudit.Kernels;

namespace OnnxAudit.Saliency;

/// <summary>What a layer's filters are.</summary>
public enum FilterKind
{
    /// <summary>Output channels of a Conv.</summary>
    Convolution,

    /// <summary>Output rows of a Gemm or MatMul with a constant matrix.</summary>
    Linear,
}

/// <summary>One layer of a profile: its filters lie at <see cref="First"/> to <see cref="First"/> + <see cref="Filters"/> − 1.</summary>
/// <param name="Weight">Name of the weight: its initializer where it has one.</param>
/// <param name="Node">Name of the node, possibly empty.</param>
/// <param name="Kind">Convolution or linear.</param>
/// <param name="Filters">Number of filters, K.</param>
/// <param name="First">Index of the first in a profile.</param>
/// <param name="Weights">Weights in one filter, |α_k|.</param>
public sealed record FilterLayer(string Weight, string Node, FilterKind Kind, int Filters, int First, long Weights);

/// <summary>How the per-sample gradients of weights are reduced.</summary>
public enum SaliencyWay
{
    /// <summary>The runtime gives layer inputs and output gradients; a kernel of ours fuses product, absolute value and sum.</summary>
    Fused,

    /// <summary>The graph does all of it with standard operators, on any execution provider.</summary>
    Portable,
}

/// <summary>What the activations are computed in.</summary>
public enum ForwardPrecision
{
    /// <summary>float32, batch normalisation folded: the fast way. A few ReLU inputs near 0 take the other sign than exact arithmetic gives them.</summary>
    Float32,

    /// <summary>float64 from image to logits, nothing folded; gradients stay float32. Slower, and signs are those of exact arithmetic.</summary>
    Float64,
}

/// <summary>Choices of a saliency computation.</summary>
public sealed record SaliencyOptions
{
    /// <summary>Also takes every output row of linear layers as a filter (the paper counts convolutions only).</summary>
    public bool IncludeLinear { get; init; }

    /// <summary>Leaves out a classifier written as a 1×1 convolution.</summary>
    public bool ExcludeClassifier { get; init; }

    /// <summary>Differentiates the loss of the predicted class rather than the true one.</summary>
    public bool PredictedLabel { get; init; }

    /// <summary>How the gradients of a filter's weights become one number, saliency.md §4.</summary>
    public FilterAggregate Aggregation { get; init; } = FilterAggregate.MeanAbs;

    /// <summary>Fused kernel or standard operators.</summary>
    public SaliencyWay Way { get; init; } = SaliencyWay.Fused;

    /// <summary>Precision of the forward pass.</summary>
    public ForwardPrecision Forward { get; init; } = ForwardPrecision.Float32;

    /// <summary>Bytes that the layer inputs and output gradients of one pass may take; decides how a batch is split.</summary>
    public long ByteBudget { get; init; } = 64L << 20;

    /// <summary>Name of the head node when the search must not choose.</summary>
    public string? Head { get; init; }
}
