namespace OnnxAudit.Gradients.Opsets;

/// <summary>What opset <paramref name="Since"/> did to an operator, and how a node of the opset before becomes one of it.</summary>
/// <param name="Op">Operator of ONNX's own domain.</param>
/// <param name="Since">Opset with the change.</param>
/// <param name="Rule">Changes the node in place.</param>
/// <param name="Refuses">Says in words what form of a node the rule does not take, or null; asked before any change.</param>
internal sealed record OpsetRow(string Op, int Since, Action<OpsetEdit> Rule, Func<OpsetEdit, string?>? Refuses = null);

/// <summary>Every schema change of ONNX's own operators from opset 8 to 18: a rule, nothing to do, or no rule.</summary>
internal static class OpsetTable
{
    /// <summary>The opset that graphs are brought to.</summary>
    internal const int Newest = 18;

    /// <summary>The oldest opset: before it, broadcasting was asked for by attributes.</summary>
    internal const int Oldest = 7;

    /// <summary>Changes with a rule.</summary>
    internal static IReadOnlyList<OpsetRow> Rows { get; } =
    [
        new("BatchNormalization", 9, AttributeRules.DropSpatial, AttributeRules.StatisticsPerPosition),
        new("BatchNormalization", 14, AttributeRules.DropStatistics, AttributeRules.ListsStatistics),
        new("Clip", 11, AttributeRules.ClipToInputs),
        new("Dropout", 10, AttributeRules.DropMask, AttributeRules.MaskIsRead),
        new("Dropout", 12, AttributeRules.RatioToInput),
        new("Pad", 11, AttributeRules.PadToInputs),
        new("RoiAlign", 16, AttributeRules.KeepCoordinates),
        new("Scatter", 11, AttributeRules.ScatterElements),
        new("Slice", 10, AttributeRules.SliceToInputs),
        new("Split", 13, AttributeRules.SplitToInput),
        new("Split", 18, AttributeRules.CountParts),
        new("Squeeze", 13, AttributeRules.AxesToInput),
        new("Unsqueeze", 13, AttributeRules.AxesToInput),
        new("TopK", 10, AttributeRules.TopKToInput),
        new("ReduceSum", 13, AttributeRules.AxesToInput),
        .. "ReduceMax ReduceMin ReduceMean ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare".Split(' ')
            .Select(op => new OpsetRow(op, 18, AttributeRules.AxesToInput)),
        new("Hardmax", 13, SoftmaxRules.OverOneAxis),
        new("LogSoftmax", 13, SoftmaxRules.OverOneAxis),
        new("Softmax", 13, SoftmaxRules.OverOneAxis),
        new("Upsample", 9, ResizeRules.UpsampleScalesToInput),
        new("Upsample", 10, ResizeRules.UpsampleToResize),
        new("Resize", 11, ResizeRules.ScalesToThirdInput, ResizeRules.MixedScales),
        new("Resize", 13, ResizeRules.OmitEmptyScales, ResizeRules.PlacesAsBefore),
    ];

    /// <summary>
    /// Changes without effect on a node that was valid before: more element types, negative axes, optional inputs and attributes whose absence means what it meant.
    /// </summary>
    internal static IReadOnlySet<(string Op, int Since)> SameInEffect { get; } = Entries(
        (8, "Max MaxPool Mean Min Sum"),
        (9, "Cast Constant Flatten Gemm Greater Less MatMul PRelu"),
        (10, "AveragePool MaxPool"),
        (11, """
            ArgMax ArgMin AveragePool Compress Concat Constant Conv ConvTranspose DepthToSpace Equal Flatten Gather Gemm Hardmax If LogSoftmax Loop LpPool MaxPool MaxUnpool
            OneHot ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Scan Slice Softmax Split Squeeze TopK Unsqueeze
            """),
        (12, "ArgMax ArgMin Clip Constant GatherND Max MaxPool Min Pow ReduceMax ReduceMin"),
        (13, """
            Abs Add ArgMax ArgMin Cast Ceil Clip Concat Constant DepthToSpace DequantizeLinear Div Dropout Equal Erf Exp Expand Flatten Floor Gather GatherElements GatherND Gemm
            Greater Identity If IsNaN LRN Less Log Loop MatMul Max Mean MeanVarianceNormalization Min Mod Mul Neg NegativeLogLikelihoodLoss NonZero Pad Pow QuantizeLinear
            Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare Relu Reshape ScatterElements ScatterND Shape
            Sigmoid Sign Size Slice SoftmaxCrossEntropyLoss SpaceToDepth Sqrt Sub Sum Tanh Tile Transpose
            """),
        (14, "Add CumSum Div GRU Identity LSTM Mul RNN Relu Reshape Sub"),
        (15, "BatchNormalization Pow Shape"),
        (16, "GreaterOrEqual Identity If LeakyRelu LessOrEqual Loop PRelu Scan ScatterElements ScatterND Where"),
        (18, "LpPool Pad Resize ScatterElements ScatterND"));

    /// <summary>Changes that no image classifier meets and no rule follows: an error where a graph crosses one.</summary>
    internal static IReadOnlySet<(string Op, int Since)> WithoutRule { get; } = Entries(
        (9, "Scan"), (11, "NonMaxSuppression"), (18, "OptionalGetElement OptionalHasElement"));

    /// <summary>Operators whose schema did not change from opset 8, or from their first, to 18.</summary>
    internal static IReadOnlySet<string> NeverChanged { get; } = new HashSet<string>("""
        Acos Acosh And Asin Asinh Atan Atanh Bernoulli BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow CastLike Celu CenterCropPad Col2Im ConcatFromSequence
        ConstantOfShape ConvInteger Cos Cosh DFT Det DynamicQuantizeLinear Einsum Elu EyeLike GlobalAveragePool GlobalLpPool GlobalMaxPool GridSample GroupNormalization
        HammingWindow HannWindow HardSigmoid HardSwish InstanceNormalization IsInf LayerNormalization LpNormalization MatMulInteger MaxRoiPool MelWeightMatrix Mish Multinomial
        Not Optional Or QLinearConv QLinearMatMul RandomNormal RandomNormalLike RandomUniform RandomUniformLike Range ReverseSequence Round STFT Selu SequenceAt
        SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength SequenceMap Shrink Sin Sinh Softplus Softsign SplitToSequence StringNormalizer Tan
        TfIdfVectorizer ThresholdedRelu Trilu Unique Xor
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);

    private static readonly ILookup<string, int> Changes =
        Rows.Select(r => (r.Op, r.Since)).Concat(SameInEffect).Concat(WithoutRule).ToLookup(c => c.Op, c => c.Since, StringComparer.Ordinal);

    private static readonly Dictionary<(string, int), OpsetRow> ByChange = Rows.ToDictionary(r => (r.Op, r.Since));

    /// <summary>True for an operator of opset 18 or before.</summary>
    internal static bool Knows(string op) => NeverChanged.Contains(op) || Changes.Contains(op);

    /// <summary>The changes after <paramref name="opset"/> that an operator went through, oldest first, those without effect left out; a null row has no rule.</summary>
    internal static IEnumerable<(int Since, OpsetRow? Row)> After(string op, long opset) =>
        Changes[op].Where(since => since > opset && !SameInEffect.Contains((op, since))).Order().Select(since => (since, ByChange.GetValueOrDefault((op, since))));

    private static HashSet<(string, int)> Entries(params (int Since, string Ops)[] entries) =>
        [.. entries.SelectMany(e => e.Ops.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(op => (op, e.Since)))];
}
