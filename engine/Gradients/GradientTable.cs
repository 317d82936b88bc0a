using OnnxAudit.Gradients.Rules;
using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients;

/// <summary>Every operator that can be differentiated: the only registration. Forms are those of opset 18; <c>Opsets</c> brings older graphs up.</summary>
public static class GradientTable
{
    /// <summary>One row for every operator, in families.</summary>
    public static IReadOnlyList<GradientRow> Rows { get; } =
    [
        new("Add", Arithmetic.Add),
        new("Sub", Arithmetic.Sub),
        new("Mul", Arithmetic.Mul),
        new("Div", Arithmetic.Div),
        new("Mod", Arithmetic.Mod, Kinks: "as between the jumps"),
        new("Neg", Arithmetic.Neg),
        new("Abs", Arithmetic.Abs, Kinks: "0 at 0"),
        new("Sum", Arithmetic.Sum),
        new("Mean", Arithmetic.Mean),

        new("Sqrt", Functions.Sqrt, Kinks: "infinite at 0"),
        new("Reciprocal", Functions.Reciprocal),
        new("Exp", Functions.Exp),
        new("Log", Functions.Log),
        new("Pow", Functions.Pow, Kinks: "0^0 counts as constant in the base; to the exponent 0 at base 0, NaN at negative bases"),
        new("Erf", Functions.Erf),
        new("Sin", Functions.Sin),
        new("Cos", Functions.Cos),

        new("Where", Selection.Where),
        new("Max", Selection.Extreme, Kinks: "ties to the first input that attains it"),
        new("Min", Selection.Extreme, Kinks: "ties to the first input that attains it"),
        new("Clip", Selection.Clip, Kinks: "0 at the bounds; there, and outside, the bound gets it, max where they meet"),

        new("Relu", Rectifiers.Relu, Kinks: "0 at 0"),
        new("LeakyRelu", Rectifiers.LeakyRelu, Kinks: "alpha at 0"),
        new("PRelu", Rectifiers.PRelu, Kinks: "the slope at 0"),
        new("ThresholdedRelu", Rectifiers.ThresholdedRelu, Kinks: "0 at alpha, where it jumps"),
        new("HardSigmoid", Rectifiers.HardSigmoid, Kinks: "0 where it reaches 0 or 1"),
        new("HardSwish", Rectifiers.HardSwish, Kinks: "0 at -3, 1 at 3"),

        new("Elu", Activations.Elu, Kinks: "alpha at 0"),
        new("Selu", Activations.Selu, Kinks: "gamma * alpha at 0"),
        new("Celu", Activations.Celu),
        new("Sigmoid", Activations.Sigmoid),
        new("Tanh", Activations.Tanh),
        new("Softplus", Activations.Softplus),
        new("Softsign", Activations.Softsign),
        new("Swish", Activations.Swish),
        new("Mish", Activations.Mish),
        new("Gelu", Activations.Gelu),

        new("Cast", PassThrough.Cast, Ends: PassThrough.CastsToInteger),
        new("CastLike", PassThrough.CastLike),
        new("Dropout", PassThrough.Dropout, Refuses: PassThrough.RefusesTraining),

        new("ReduceSum", Reductions.Sum),
        new("ReduceMean", Reductions.Mean),
        new("ReduceL1", Reductions.L1, Kinks: "0 at 0"),
        new("ReduceL2", Reductions.L2, Kinks: "0 where all are 0"),
        new("ReduceSumSquare", Reductions.SumSquare),
        new("ReduceLogSum", Reductions.LogSum),
        new("ReduceLogSumExp", Reductions.LogSumExp),
        new("ReduceMax", Reductions.Extreme, Kinks: "ties share evenly"),
        new("ReduceMin", Reductions.Extreme, Kinks: "ties share evenly"),
        new("ReduceProd", Reductions.Prod, Kinks: "a second derivative between a zero and another factor is 0"),

        new("Softmax", Softmax.Plain),
        new("LogSoftmax", Softmax.Log),
        new("SoftmaxCrossEntropyLoss", ClassLosses.SoftmaxCrossEntropy),
        new("NegativeLogLikelihoodLoss", ClassLosses.NegativeLogLikelihood),

        new("Gemm", Linear.Gemm),
        new("MatMul", Linear.MatMul),
        new("Einsum", Contraction.Einsum, Refuses: Contraction.Refuses),

        new("QuantizeLinear", Quantisation.Quantize, Kinks: "straight through within the clip range, 0 outside; none to scale and zero point", Refuses: Quantisation.Refuses),
        new("DequantizeLinear", Quantisation.Dequantize, Kinks: "none to scale and zero point", Refuses: Quantisation.Refuses),

        new("Identity", Movement.Identity),
        new("Reshape", Movement.Reshape),
        new("Flatten", Movement.Reshape),
        new("Squeeze", Movement.Reshape),
        new("Unsqueeze", Movement.Reshape),
        new("Transpose", Movement.Transpose),
        new("Expand", Movement.Expand),
        new("Tile", Movement.Tile),
        new("DepthToSpace", Movement.DepthToSpace),
        new("SpaceToDepth", Movement.SpaceToDepth),
        new("CumSum", Movement.CumSum),
        new("Trilu", Movement.Trilu),

        new("Concat", Pieces.Concat),
        new("Split", Pieces.Split),
        new("Slice", Pieces.Slice),
        new("Pad", Pieces.Pad),

        new("Gather", Indexing.Gather),
        new("GatherElements", Indexing.GatherElements),
        new("GatherND", Indexing.GatherND),
        new("ScatterElements", Indexing.ScatterElements, Kinks: "each position written once, unless it adds", Refuses: Indexing.RefusesReduction),
        new("ScatterND", Indexing.ScatterND, Kinks: "each position written once, unless it adds", Refuses: Indexing.RefusesReduction),

        new("Resize", Resizing.Resize, Refuses: Resizing.Refuses),

        new("Conv", Convolution.Conv),
        new("ConvTranspose", Convolution.ConvTranspose),
        new("MaxPool", Pooling.MaxPool, Kinks: "to the first maximum in row-major order"),
        new("GlobalMaxPool", Pooling.GlobalMaxPool, Kinks: "to the first maximum in row-major order"),
        new("AveragePool", Pooling.AveragePool),
        new("GlobalAveragePool", Pooling.GlobalAveragePool),
        new("LpPool", Pooling.LpPool, Kinks: "0 where the window is 0"),
        new("BatchNormalization", BatchNormalization.Rule),
        new("InstanceNormalization", Normalisation.Instance),
        new("LayerNormalization", Normalisation.Layer),
        new("GroupNormalization", Normalisation.Group),
        new("LRN", ResponseNormalisation.Lrn),
        new("LpNormalization", ResponseNormalisation.Lp, Kinks: "0 where the norm is 0; |x|' = 0 at 0"),

        .. Constant("Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal", "Not", "And", "Or", "Xor", "Sign", "Shape", "Size", "OneHot", "ArgMax", "ArgMin",
            "Constant", "ConstantOfShape", "Range", "NonZero", "IsNaN", "IsInf", "Floor", "Ceil", "Round", "EyeLike", "RandomNormalLike", "RandomUniformLike"),
    ];

    private static readonly Dictionary<string, GradientRow> ByOp = Rows.ToDictionary(r => r.Op, StringComparer.Ordinal);

    /// <summary>The row of a node's operator, or null.</summary>
    public static GradientRow? Of(Node node) => node.Domain is "" or "ai.onnx" ? ByOp.GetValueOrDefault(node.OpType) : null;

    /// <summary>True for operators whose outputs do not change, or have no derivative, wherever they have one: integers, comparisons, rounding.</summary>
    public static bool IsConstant(Node node) => Of(node) is { } row && (row.Rule == NoGradientAtAll || row.Ends?.Invoke(node) == true);

    /// <summary>Why a node cannot be differentiated, or null when it can.</summary>
    public static string? WhyNot(Node node)
    {
        if (Of(node) is { } row) return row.Refuses?.Invoke(node);
        return node.Domain is "" or "ai.onnx" ? $"no gradient rule for {node.OpType}" : $"no gradient rule for {node.Domain}.{node.OpType}";
    }

    private static IEnumerable<GradientRow> Constant(params string[] ops) => ops.Select(op => new GradientRow(op, NoGradientAtAll, Kinks: "0 everywhere"));

    private static Gradient[] NoGradientAtAll(NodeGradient g) => g.NoneAtAll();
}
