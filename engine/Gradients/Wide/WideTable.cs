using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Wide;

/// <summary>From an operator to its float64 form; one value per output of the node.</summary>
internal delegate Value[] WideRule(WideNode node);

/// <summary>
/// The operators a forward pass can be widened over. Those of <see cref="Direct"/> have float64 kernels in ONNX Runtime's CPU provider; the others are written
/// with operators that do.
/// </summary>
internal static class WideTable
{
    /// <summary>Operators that take float64 as they are.</summary>
    internal static readonly IReadOnlySet<string> Direct = new HashSet<string>(StringComparer.Ordinal)
    {
        "Abs", "Add", "BatchNormalization", "Clip", "Concat", "DepthToSpace", "Div", "Dropout", "Exp", "Expand", "Flatten", "Gather", "Gemm", "Identity",
        "LayerNormalization", "Log", "LogSoftmax", "MatMul", "Max", "MaxPool", "Min", "Mul", "Neg", "Pad", "Pow", "Reciprocal", "ReduceMax", "ReduceMean", "ReduceSum",
        "Relu", "Reshape", "Sigmoid", "Slice", "Softmax", "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tanh", "Transpose", "Unsqueeze", "Where",
    };

    private static readonly IReadOnlyDictionary<string, WideRule> Rows = new Dictionary<string, WideRule>(StringComparer.Ordinal)
    {
        ["AveragePool"] = WideWindows.AveragePool,
        ["Conv"] = WideWindows.Conv,
        ["GlobalAveragePool"] = WideWindows.GlobalAveragePool,
        ["HardSigmoid"] = WideActivations.HardSigmoid,
        ["HardSwish"] = WideActivations.HardSwish,
        ["LeakyRelu"] = WideActivations.LeakyRelu,
    };

    /// <summary>Every operator that has a float64 form.</summary>
    internal static IEnumerable<string> Operators => Direct.Concat(Rows.Keys);

    /// <summary>The rule for a node; null when it stays in float32.</summary>
    internal static WideRule? Find(Node node)
    {
        if (node.Domain is not ("" or "ai.onnx")) return null;
        if (Rows.GetValueOrDefault(node.OpType) is { } rule) return rule;
        return Direct.Contains(node.OpType) ? n => n.Same() : null;
    }
}
