using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>How operators make shapes from shapes, in the forms of opset 7 to 24: one row for every operator, in families.</summary>
internal static class ShapeTable
{
    private static readonly Dictionary<string, Action<NodeShapes>> Rows = new (string Ops, Action<NodeShapes> Rule)[]
    {
        ("Abs Sqrt Reciprocal Exp Log Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Asinh Acosh Atanh Erf Sign Floor Ceil Round BitwiseNot", ElementwiseShapes.Same),
        ("Relu LeakyRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Swish Mish Gelu Softplus Softsign ThresholdedRelu Shrink Clip Hardmax", ElementwiseShapes.Same),
        ("Softmax LogSoftmax LRN LpNormalization MeanVarianceNormalization InstanceNormalization GroupNormalization CumSum Trilu", ElementwiseShapes.Same),
        ("ScatterElements ScatterND Scatter ReverseSequence PRelu", ElementwiseShapes.Same),
        ("Identity", ElementwiseShapes.Identity),
        ("Neg", ContentArithmetic.Neg),
        ("Pow Sum Mean BitShift BitwiseAnd BitwiseOr BitwiseXor", ElementwiseShapes.Broadcast),
        ("Add", ContentArithmetic.Add),
        ("Sub", ContentArithmetic.Sub),
        ("Mul", ContentArithmetic.Mul),
        ("Div", ContentArithmetic.Div),
        ("Mod", ContentArithmetic.Mod),
        ("Min", ContentArithmetic.Min),
        ("Max", ContentArithmetic.Max),
        ("Equal", ContentArithmetic.Equal),
        ("Not", ContentArithmetic.Not),
        ("Greater GreaterOrEqual Less LessOrEqual And Or Xor", ElementwiseShapes.BroadcastBool),
        ("IsNaN IsInf", ElementwiseShapes.SameBool),
        ("Where", ElementwiseShapes.Where),
        ("Cast", ElementwiseShapes.Cast),
        ("CastLike", ElementwiseShapes.CastLike),
        ("Dropout", ElementwiseShapes.Dropout),
        ("EyeLike RandomNormalLike RandomUniformLike Bernoulli", ElementwiseShapes.Like),
        ("QuantizeLinear", ElementwiseShapes.QuantizeLinear),
        ("DequantizeLinear", ElementwiseShapes.DequantizeLinear),
        ("DynamicQuantizeLinear", ElementwiseShapes.DynamicQuantizeLinear),

        ("Gemm", LinearShapes.Gemm),
        ("MatMul", LinearShapes.MatMul),
        ("MatMulInteger", LinearShapes.MatMulInteger),
        ("QLinearMatMul", LinearShapes.QLinearMatMul),
        ("Einsum", LinearShapes.Einsum),

        ("Conv", ConvolutionShapes.Conv),
        ("ConvInteger", ConvolutionShapes.ConvInteger),
        ("QLinearConv", ConvolutionShapes.QLinearConv),
        ("ConvTranspose", ConvolutionShapes.ConvTranspose),
        ("Col2Im", ConvolutionShapes.Col2Im),

        ("MaxPool AveragePool LpPool", PoolingShapes.Pool),
        ("GlobalAveragePool GlobalMaxPool GlobalLpPool", PoolingShapes.GlobalPool),
        ("MaxUnpool", PoolingShapes.MaxUnpool),

        ("BatchNormalization", NormalisationShapes.BatchNormalization),
        ("LayerNormalization RMSNormalization", NormalisationShapes.LayerNormalization),
        ("SoftmaxCrossEntropyLoss NegativeLogLikelihoodLoss", NormalisationShapes.Loss),

        ("ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare", ReductionShapes.Reduce),
        ("ArgMax ArgMin", ReductionShapes.ArgExtreme),
        ("TopK", ReductionShapes.TopK),

        ("Reshape", ReshapingShapes.Reshape),
        ("Flatten", ReshapingShapes.Flatten),
        ("Transpose", ReshapingShapes.Transpose),
        ("Squeeze", ReshapingShapes.Squeeze),
        ("Unsqueeze", ReshapingShapes.Unsqueeze),
        ("Expand", ReshapingShapes.Expand),
        ("DepthToSpace", ReshapingShapes.DepthToSpace),
        ("SpaceToDepth", ReshapingShapes.SpaceToDepth),

        ("Concat", JoiningShapes.Concat),
        ("Split", JoiningShapes.Split),
        ("Tile", JoiningShapes.Tile),
        ("Pad", JoiningShapes.Pad),
        ("Resize", ResizeShapes.Resize),
        ("Upsample", ResizeShapes.Upsample),

        ("Gather", IndexingShapes.Gather),
        ("GatherElements", IndexingShapes.GatherElements),
        ("GatherND", IndexingShapes.GatherND),
        ("Slice", IndexingShapes.Slice),
        ("OneHot", IndexingShapes.OneHot),
        ("NonZero", IndexingShapes.NonZero),
        ("Compress", IndexingShapes.Compress),
        ("GridSample", IndexingShapes.GridSample),

        ("Constant", ConstantShapes.Constant),
        ("ConstantOfShape", ConstantShapes.ConstantOfShape),
        ("Shape", ConstantShapes.Shape),
        ("Size", ConstantShapes.Size),
        ("Range", ConstantShapes.Range),
        ("RandomNormal RandomUniform", ConstantShapes.OfShape),
    }.SelectMany(r => r.Ops.Split(' ').Select(op => (op, r.Rule))).ToDictionary(r => r.op, r => r.Rule, StringComparer.Ordinal);

    /// <summary>Operators with a row.</summary>
    internal static IEnumerable<string> Operators => Rows.Keys;

    /// <summary>Adds to <paramref name="facts"/> what the node tells of its outputs; unknown operators add nothing.</summary>
    internal static void Infer(Node node, ShapeFacts facts)
    {
        if (node.Domain is "" or "ai.onnx" && Rows.TryGetValue(node.OpType, out var rule)) rule(new NodeShapes(node, facts));
    }
}
