using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>A Conv, Gemm or MatMul whose weight is a float32 constant.</summary>
/// <param name="Node">The node.</param>
/// <param name="Weight">The weight.</param>
/// <param name="WeightName">Name of the value the node reads it from.</param>
/// <param name="Axis">The weight's axis of output channels.</param>
internal sealed record QuantisableLayer(Node Node, Tensor Weight, string WeightName, int Axis)
{
    /// <summary>Output channels.</summary>
    public int Channels => (int)Weight.Dims[Axis];

    /// <summary>What people call it: the node's name, or its weight's.</summary>
    public string Name => Node.Name.Length > 0 ? Node.Name : WeightName;

    /// <summary>The bias, one number per output channel; null when there is none that adds to the product as it is.</summary>
    public float[]? Bias => Node.OpType != "MatMul" && (Node.OpType == "Conv" || (Node.Float("alpha", 1) == 1 && Node.Float("beta", 1) == 1))
        && Constants.Resolve(Node.Input(2)) is { Type: ElementType.Float, Rank: 1 } bias && bias.Count == Channels ? bias.ToFloats() : null;

    /// <summary>Whether a pattern fits the operator, the node's name or the weight's.</summary>
    public bool Fits(NamePattern pattern) => Fits(Node, pattern) || pattern.Matches(WeightName);

    /// <summary>Whether a pattern fits a node's operator or name.</summary>
    public static bool Fits(Node node, NamePattern pattern) => pattern.Matches(node.OpType) || (node.Name.Length > 0 && pattern.Matches(node.Name));

    /// <summary>The layer that a node is; null for other operators and for weights that are no float32 constants. MatMul and Gemm take theirs on the right, as a matrix.</summary>
    public static QuantisableLayer? Of(Node node)
    {
        if (!(node.Is("Conv") || node.Is("Gemm") || node.Is("MatMul"))) return null;
        if (node.Input(1) is not { } source || Constants.Resolve(source) is not { Type: ElementType.Float, Count: > 0 } weight) return null;
        if (node.Input(0) is not { } input || Constants.Resolve(input) is not null) return null;
        if (node.OpType == "Conv") return weight.Rank < 3 ? null : new QuantisableLayer(node, weight, source.Name, 0);
        return weight.Rank != 2 ? null : new QuantisableLayer(node, weight, source.Name, node.Int("transB", 0) != 0 ? 0 : 1);
    }
}
