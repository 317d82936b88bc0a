using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression.Structured;

/// <summary>A layer whose weights make channels: each filter of a convolution, each row of a linear map makes one.</summary>
/// <param name="Node">Conv, ConvTranspose, Gemm or MatMul.</param>
/// <param name="Weight">Its weights.</param>
/// <param name="Axis">The axis of the weights along which filters lie.</param>
/// <param name="Ids">The channel of each filter.</param>
internal sealed record LayerFilters(Node Node, Tensor Weight, int Axis, int[] Ids)
{
    /// <summary>Name of the value the node reads its weights from.</summary>
    public string WeightName => Constants.Source(Node.Input(1))?.Name ?? Node.Input(1)!.Name;

    /// <summary>What people call it: the node's name, or its weights'.</summary>
    public string Name => Node.Name.Length > 0 ? Node.Name : WeightName;

    /// <summary>Whether a pattern fits the operator, the node's name or the weights'.</summary>
    public bool Fits(NamePattern pattern) => pattern.Matches(Node.OpType) || (Node.Name.Length > 0 && pattern.Matches(Node.Name)) || pattern.Matches(WeightName);
}
