using OnnxAudit.Compression.Structured.Rules;
using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Structured;

/// <summary>Carries channels through a node. Answers null, or, having changed nothing, why the channels that arrive must stay.</summary>
internal delegate string? ChannelRule(NodeChannels node);

/// <summary>A row of <see cref="ChannelTable"/>.</summary>
/// <param name="Follow">The rule.</param>
/// <param name="MakesChannels">Whether it has something to say where no channels arrive.</param>
internal readonly record struct ChannelRow(ChannelRule Follow, bool MakesChannels = false);

/// <summary>How channels go through operators: the only registration. An operator without a row keeps the channels that reach it.</summary>
internal static class ChannelTable
{
    private static readonly Dictionary<string, ChannelRow> Rows = Made(
    [
        (["Conv"], new(Layers.Conv, true)),
        (["ConvTranspose"], new(Layers.ConvTranspose, true)),
        (["Gemm"], new(Layers.Gemm, true)),
        (["MatMul"], new(Layers.MatMul, true)),
        (["BatchNormalization"], new(Normalisation.Batch)),
        (["InstanceNormalization"], new(Normalisation.Instance)),
        (["Softmax", "LogSoftmax"], new(Normalisation.Softmax)),
        (["Relu", "LeakyRelu", "Elu", "Selu", "Celu", "ThresholdedRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Softplus", "Softsign", "Erf", "Gelu", "Mish", "Exp", "Log", "Sqrt",
            "Reciprocal", "Abs", "Neg", "Floor", "Ceil", "Round", "Sign", "Clip", "Identity", "Dropout", "Cast"], new(Elementwise.Unary)),
        (["Add", "Sub", "Mul", "Div", "Min", "Max", "Sum", "Mean", "Pow", "PRelu"], new(Elementwise.Broadcast)),
        (["Concat"], new(Joining.Concat)),
        (["Split"], new(Joining.Split)),
        (["Slice"], new(Joining.Slice)),
        (["Gather"], new(Joining.Gather)),
        (["Reshape", "Flatten", "Squeeze", "Unsqueeze"], new(Reshaping.Reshape)),
        (["Transpose"], new(Reshaping.Transpose)),
        (["MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"], new(Spatial.Pool)),
        (["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceProd"], new(Spatial.Reduce)),
        (["Pad"], new(Spatial.Pad)),
        (["Resize", "Upsample"], new(Spatial.Resize)),
    ]);

    /// <summary>The row of a node; null when there is none.</summary>
    public static ChannelRow? Find(Node node) => node.Domain is "" or "ai.onnx" && Rows.TryGetValue(node.OpType, out var row) ? row : null;

    private static Dictionary<string, ChannelRow> Made((string[] Operators, ChannelRow Row)[] rows) =>
        rows.SelectMany(r => r.Operators.Select(o => KeyValuePair.Create(o, r.Row))).ToDictionary(StringComparer.Ordinal);
}
