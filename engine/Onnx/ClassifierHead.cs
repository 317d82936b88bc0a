using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>Names of the two graph outputs that <see cref="ClassifierHead.Expose"/> gives: both float32, one row per sample when flattened.</summary>
/// <param name="Features">[N,m], possibly with trailing 1s.</param>
/// <param name="Logits">[N,C], possibly with trailing 1s; before any softmax.</param>
public readonly record struct HeadOutputs(string Features, string Logits);

/// <summary>
/// The last linear map before the class scores: z = W·x + b. W and b are effective: alpha, beta, transposition and quantisation resolved.
/// </summary>
public sealed record ClassifierHead
{
    /// <summary>Number of classes, C.</summary>
    public required int ClassCount { get; init; }

    /// <summary>Number of penultimate features, m.</summary>
    public required int FeatureCount { get; init; }

    /// <summary>W, [C,m] in C order; row i is the direction of class i.</summary>
    public required float[] Weights { get; init; }

    /// <summary>b, [C]; null when the map has no bias.</summary>
    public required float[]? Bias { get; init; }

    /// <summary>The node that computes W·x.</summary>
    public required Node Node { get; init; }

    /// <summary>The value the node consumes as x. <see cref="Expose"/> names the output that holds x as float [N,m].</summary>
    public required string Features { get; init; }

    /// <summary>The value that holds z, before any softmax. <see cref="Expose"/> names the output that holds it as float.</summary>
    public required string Logits { get; init; }

    /// <summary>Form of the map: "Gemm", "MatMul", "Conv 1×1", "Conv 1×1 before pooling", "QLinearMatMul", "QLinearConv 1×1", "QGemm", …</summary>
    public required string Kind { get; init; }

    /// <summary>True when the graph's own output is a softmax of z.</summary>
    public bool ScoresAreProbabilities { get; init; }

    internal HeadExposure? Exposure { get; init; }

    /// <summary>
    /// Makes features and logits float graph outputs, adding pooling, dequantisation, transposition or a cast where they are not so yet.
    /// Doing it twice changes nothing. The model must be the one the head was found in.
    /// </summary>
    /// <exception cref="ArgumentException">It is another model.</exception>
    public HeadOutputs Expose(Model model)
    {
        if (Exposure is null || Node.Graph != model.Graph) throw new ArgumentException("the head was found in another model", nameof(model));
        return Exposure.Apply(model.Graph);
    }
}
