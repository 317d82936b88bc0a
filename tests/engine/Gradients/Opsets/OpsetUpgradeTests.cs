using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Onnx;
using OnnxAudit.Tests.Runtime;
using static OnnxAudit.Graphs.NodeAttribute;
using static OnnxAudit.Tests.Gradients.Shapes.ShapeCase;

namespace OnnxAudit.Tests.Gradients.Opsets;

public class OpsetUpgradeTests
{
    private static readonly Dim[] Image = [new(null, "batch"), 4, 6, 6];

    private static readonly Dictionary<string, (long Opset, Func<Sketch, Value> Build, string Becomes)> Cases = new(StringComparer.Ordinal)
    {
        ["BatchNormalization 7"] = (7, s => s.Node("BatchNormalization", [s.X, s.Weight(4), s.Weight(4), s.Weight(4), Positive(s, 4)], Of("spatial", 1L), Of("momentum", 0.5f)), "BatchNormalization"),
        ["BatchNormalization 9"] = (9, s => s.Node("BatchNormalization", [s.X, s.Weight(4), s.Weight(4), s.Weight(4), Positive(s, 4)], Of("epsilon", 0.1f)), "BatchNormalization"),
        ["Clip 7"] = (7, s => s.Node("Clip", [s.X], Of("min", -0.25f), Of("max", 0.5f)), "Clip"),
        ["Clip 10, one limit"] = (10, s => s.Node("Clip", [s.X], Of("min", 0f)), "Clip"),
        ["Clip 7, an unknown type"] = (7, s => s.Node("Clip", [s.NodeOf("com.microsoft", "Gelu", [s.X])], Of("max", 0.5f)), "Gelu CastLike Clip"),
        ["Dropout 7"] = (7, s => s.Node("Dropout", [s.X], Of("ratio", 0.3f)), "Dropout"),
        ["Dropout 10"] = (10, s => s.Node("Dropout", [s.X], Of("ratio", 0.3f)), "Dropout"),
        ["Pad 7"] = (7, s => s.Node("Pad", [s.X], Of("pads", [0L, 0, 1, 2, 0, 0, 3, 0]), Of("value", 1.5f)), "Pad"),
        ["Pad 10, reflect"] = (10, s => s.Node("Pad", [s.X], Of("pads", [0L, 0, 1, 2, 0, 0, 3, 0]), Of("mode", "reflect")), "Pad"),
        ["Pad 10, zeros"] = (10, s => s.Node("Pad", [s.X], Of("pads", [0L, 0, -1, 2, 0, 0, 0, 0]), Of("value", 0f)), "Pad"),
        ["Slice 9"] = (9, s => s.Node("Slice", [s.X], Of("starts", [1L, -3]), Of("ends", [3L, 1000]), Of("axes", [1L, 3])), "Slice"),
        ["Slice 9, no axes"] = (9, s => s.Node("Slice", [s.X], Of("starts", [0L, 1]), Of("ends", [9L, 3])), "Slice"),
        ["Split 11, sizes"] = (11, s => Joined(s, Of("split", [1L, 3])), "Concat Split"),
        ["Split 7, equal"] = (7, s => Joined(s), "Concat Split"),
        ["Split 13, equal"] = (13, s => Joined(s), "Concat Split"),
        ["Split 13, sizes"] = (13, s =>
        {
            var y = Joined(s);
            y.Producer!.Input(0)!.Producer!.SetInput(1, s.Integers(1, 3));
            return y;
        }, "Concat Split"),
        ["Squeeze 11"] = (11, s => s.Node("Squeeze", [s.Node("ReduceSum", [s.X], Of("axes", [2L]))], Of("axes", [2L])), "ReduceSum Squeeze"),
        ["Squeeze 7, no axes"] = (7, s => s.Node("Squeeze", [s.Node("GlobalMaxPool", [s.X])]), "GlobalMaxPool Squeeze"),
        ["Unsqueeze 7"] = (7, s => s.Node("Unsqueeze", [s.X], Of("axes", [0L, 3])), "Unsqueeze"),
        ["TopK 9"] = (9, s => WithIndices(s, s.Node("TopK", [s.X], Of("k", 2L), Of("axis", 1L))), "TopK Cast Add"),
        ["TopK 10"] = (10, s => WithIndices(s, s.Node("TopK", [s.X, s.Integers(3)])), "TopK Cast Add"),
        ["ReduceSum 11"] = (11, s => s.Node("ReduceSum", [s.X], Of("axes", [1L, -1]), Of("keepdims", 0L)), "ReduceSum"),
        ["Upsample 7, nearest"] = (7, s => s.Node("Upsample", [s.X], Of("scales", [1f, 1, 2, 1.5f]), Of("mode", "nearest")), "Resize"),
        ["Upsample 9, linear"] = (9, s => s.Node("Upsample", [s.X, s.Constant(Floats(1, 1, 2, 3))], Of("mode", "linear")), "Resize"),
        ["Resize 10, growing"] = (10, s => s.Node("Resize", [s.X, s.Constant(Floats(1, 1, 1.5f, 2.4f))], Of("mode", "nearest")), "Resize"),
        ["Resize 10, shrinking"] = (10, s => s.Node("Resize", [s.X, s.Constant(Floats(1, 1, 0.4f, 0.7f))], Of("mode", "nearest")), "Resize"),
        ["Resize 10, linear"] = (10, s => s.Node("Resize", [s.X, s.Constant(Floats(1, 1, 0.5f, 2.5f))], Of("mode", "linear")), "Resize"),
        ["Resize 11, sizes"] = (11, s => s.Node("Resize", [s.X, s.Constant(Floats()), s.Constant(Floats()), s.Integers(2, 4, 9, 3)], Of("mode", "linear")), "Resize"),
        ["Resize 11, scales"] = (11, s => s.Node("Resize", [s.X, s.Constant(Floats()), s.Constant(Floats(1, 1, 2, 2))], Of("mode", "nearest"), Of("coordinate_transformation_mode", "asymmetric"), Of("nearest_mode", "floor")), "Resize"),
        ["RoiAlign 10"] = (10, s => s.Node("RoiAlign", [s.X, s.Constant(Tensor.FromFloats([1, 4], [0, 0, 4, 4])), s.Integers(1)], Of("output_height", 2L), Of("output_width", 3L)), "RoiAlign"),
        ["Scatter 9"] = (9, s => s.Node("Scatter", [s.Weight(3, 4), s.Constant(Tensor.From<long>(ElementType.Int64, [1, 2], [2, 0])), s.Node("Reshape", [Few(s), s.Integers(1, 2)])]), "GlobalAveragePool ScatterElements Slice ReduceMean Reshape"),
        ["Softmax 11, all that follows"] = (11, s => s.Node("Softmax", [s.X]), "Flatten Softmax Reshape"),
        ["Softmax 7, the last axis"] = (7, s => s.Node("Softmax", [s.X], Of("axis", 3L)), "Softmax"),
        ["Softmax 7, only ones follow"] = (7, s => s.Node("Softmax", [s.Node("GlobalAveragePool", [s.X])], Of("axis", 1L)), "GlobalAveragePool Softmax"),
        ["LogSoftmax 12, negative axis"] = (12, s => s.Node("LogSoftmax", [s.X], Of("axis", -2L)), "Flatten LogSoftmax Reshape"),
        ["LogSoftmax 9, everything"] = (9, s => s.Node("LogSoftmax", [s.X], Of("axis", 0L)), "Flatten LogSoftmax Reshape"),
        ["Hardmax 11"] = (11, s => s.Node("Hardmax", [s.X]), "Flatten Hardmax Reshape"),
        ["MaxPool 7"] = (7, s => s.Node("MaxPool", [s.X], Of("kernel_shape", [3L, 3]), Of("strides", [2L, 2]), Of("pads", [1L, 1, 1, 1])), "MaxPool"),
        ["AveragePool 10"] = (10, s => s.Node("AveragePool", [s.X], Of("kernel_shape", [3L, 3]), Of("strides", [2L, 2]), Of("ceil_mode", 1L), Of("count_include_pad", 1L), Of("pads", [1L, 1, 1, 1])), "AveragePool"),
        ["Conv 7"] = (7, s => s.Node("Conv", [s.X, s.Weight(5, 4, 3, 3)], Of("auto_pad", "SAME_LOWER"), Of("strides", [2L, 2])), "Conv"),
        ["ConvTranspose 10"] = (10, s => s.Node("ConvTranspose", [s.X, s.Weight(4, 2, 3, 3)], Of("auto_pad", "SAME_UPPER"), Of("strides", [2L, 2])), "ConvTranspose"),
        ["Gemm 7"] = (7, s => s.Node("Gemm", [s.Node("Flatten", [s.X]), s.Weight(144, 3), s.Weight(3)]), "Flatten Gemm"),
        ["PRelu 7"] = (7, s => s.Node("PRelu", [s.X, s.Weight(4, 1, 1)]), "PRelu"),
        ["DepthToSpace 10"] = (10, s => s.Node("DepthToSpace", [s.X], Of("blocksize", 2L)), "DepthToSpace"),
        ["ArgMax 11"] = (11, s => Back(s, s.Node("ArgMax", [s.X], Of("axis", 1L))), "ArgMax Cast"),
    };

    static OpsetUpgradeTests()
    {
        foreach (var op in "ReduceMax ReduceMin ReduceMean ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare".Split(' '))
            Cases[$"{op} 13"] = (13, s => s.Node(op, [s.Node("Abs", [s.X])], Of("axes", [1L, -1])), $"Abs {op}");
    }

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void OnnxRuntime_ComputesTheSame(string name)
    {
        var (opset, build, becomes) = Cases[name];
        var sketch = new Sketch(opset, opset < 9 ? 3 : opset < 11 ? 4 : 7, Image);
        var y = build(sketch);
        var model = sketch.Ends(y);
        var before = Run(model, 2, 4, 6, 6);
        Assert.True(OpsetUpgrade.To18(model));
        Assert.Null(GraphRules.FirstBroken(model.Graph));
        Assert.Equal(18, model.Opset);
        Assert.InRange(model.IrVersion, 8, 8);
        Assert.Equal(becomes.Split(' ').Order(), model.Graph.Nodes.Select(n => n.OpType).Order());
        var after = Run(model, 2, 4, 6, 6);
        Assert.Equal(before.Dims, after.Dims);
        // The same kernels mostly; Softmax over rows of another length sums in another order.
        Assert.InRange(Ort.LargestDifference(before.Values, after.Values), 0, 1e-6f);
        Assert.False(OpsetUpgrade.To18(model));
    }

    [Fact]
    public void EveryRule_HasACase()
    {
        var crossed = Cases.SelectMany(c => OpsetTable.Rows.Where(r => c.Key.StartsWith($"{r.Op} ", StringComparison.Ordinal) && r.Since > c.Value.Opset)).ToHashSet();
        Assert.Empty(OpsetTable.Rows.Except(crossed).Select(r => $"{r.Op} {r.Since}"));
    }

    [Fact]
    public void Subgraphs_AreUpgradedToo()
    {
        var sketch = new Sketch(11, 6, Image);
        var then = Branch("Softmax");
        var otherwise = Branch("LogSoftmax");
        var y = sketch.Node("If", [sketch.Constant(Bools([], true))], Of("then_branch", then), Of("else_branch", otherwise));
        var model = sketch.Ends(y);
        var before = Run(model, 2, 4, 6, 6);
        OpsetUpgrade.To18(model);
        Assert.Equal(["Flatten", "Softmax", "Reshape"], then.Nodes.Select(n => n.OpType).Where(o => o != "Shape"));
        Assert.Null(GraphRules.FirstBroken(model.Graph));
        Assert.InRange(Ort.LargestDifference(before.Values, Run(model, 2, 4, 6, 6).Values), 0, 1e-6f);

        Graph Branch(string op)
        {
            var graph = new Graph(op, sketch.Graph);
            var made = graph.Value($"{op}_made");
            graph.AddNode(op, [sketch.X], [made], op);
            graph.AddOutput(made);
            made.Type = new TensorType(ElementType.Float, null);
            return graph;
        }
    }

    [Fact]
    public void LimitsOfClip_TakeTheTypeOfTheInput()
    {
        var sketch = new Sketch(10, 5, Image);
        var y = sketch.Node("Clip", [sketch.Node("Cast", [sketch.X], Of("to", (long)ElementType.Double))], Of("max", 0.5f));
        OpsetUpgrade.To18(sketch.Ends(y));
        Assert.Null(y.Producer!.Input(1));
        Assert.Equal([0.5], y.Producer.Input(2)!.Initializer!.Span<double>().ToArray());
    }

    [Fact]
    public void StatisticsLeftOut_AreNoOutputsAnyMore()
    {
        // ONNX Runtime counts omitted outputs too and falls over the old form, so there is nothing to compare with.
        var sketch = new Sketch(8, 4, Image);
        var y = sketch.Node("BatchNormalization", [sketch.X, sketch.Weight(4), sketch.Weight(4), sketch.Weight(4), Positive(sketch, 4)]);
        y.Producer!.SetOutput(4, null);
        OpsetUpgrade.To18(sketch.Ends(y));
        Assert.Equal([y], y.Producer.Outputs);
    }

    [Fact]
    public void ANewerModel_StaysAsItIs()
    {
        var sketch = new Sketch(21, 10, Image);
        var model = sketch.Ends(sketch.Node("Softmax", [sketch.X]));
        Assert.False(OpsetUpgrade.To18(model));
        Assert.Equal((21, 10), (model.Opset, model.IrVersion));
    }

    [Fact]
    public void WeightsListedAsInputs_StayConstants()
    {
        var sketch = new Sketch(7, 3, Image);
        var model = sketch.Ends(sketch.Node("PRelu", [sketch.X, sketch.Weight(1)]));
        Assert.Equal(2, model.Graph.Inputs.Count);
        OpsetUpgrade.To18(model);
        using var session = Ort.Session(model);
        Assert.Empty(session.OverridableInitializers);
        Assert.Same(sketch.X, Assert.Single(model.Graph.Inputs));
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { "opset 6", "sketch.onnx: found opset 6; expected opset 7 or newer. Export the model again at a newer opset." },
        { "NonMaxSuppression", "no rule for the change of NonMaxSuppression at opset 11" },
        { "Conv3", "an operator unknown at opset 10" },
        { "spatial", "BatchNormalization with statistics per position (spatial = 0), which opset 9 no longer has" },
        { "training", "BatchNormalization in training form, by listing its statistics as outputs, which opset 14 no longer has" },
        { "mask", "a Dropout mask of numbers that something reads, which opset 10 no longer has" },
        { "mixed", "nearest Resize that grows one axis and shrinks another, which opset 11 no longer has" },
        { "scales", "nearest Resize by scales that are not constant, which opset 11 no longer has" },
        { "tf", "Resize with coordinate_transformation_mode tf_half_pixel_for_nn, which opset 13 no longer has" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void WhatHasNoRule_IsRefusedBeforeAnyChange(string form, string found)
    {
        var sketch = new Sketch(form is "opset 6" ? 6 : form is "spatial" or "mask" ? 7 : form is "tf" ? 11 : 10, 7, Image);
        var first = sketch.Node("Clip", [sketch.X], Of("min", 0f));
        var y = form switch
        {
            "NonMaxSuppression" or "Conv3" => sketch.Node(form, [first]),
            "spatial" => sketch.Node("BatchNormalization", [first, sketch.Weight(144), sketch.Weight(144), sketch.Weight(144), sketch.Weight(144)], Of("spatial", 0L)),
            "training" => Named(sketch.Node("BatchNormalization", [first, sketch.Weight(4), sketch.Weight(4), sketch.Weight(4), sketch.Weight(4)])),
            "mask" => Read(sketch.Node("Dropout", [first])),
            "mixed" => sketch.Node("Resize", [first, sketch.Constant(Floats(1, 1, 2, 0.5f))]),
            "scales" => sketch.Node("Resize", [first, sketch.Node("Relu", [sketch.Weight(4)])]),
            "tf" => sketch.Node("Resize", [first, sketch.Constant(Floats()), sketch.Constant(Floats(1, 1, 2, 2))], Of("coordinate_transformation_mode", "tf_half_pixel_for_nn")),
            _ => first,
        };
        var model = sketch.Ends(y);
        var bytes = OnnxWriter.ToBytes(model);
        var error = Assert.Throws<AuditException>(() => OpsetUpgrade.To18(model));
        Assert.Equal(AuditCode.Invalid, error.Code);
        if (form == "opset 6")
        {
            Assert.Equal(found, error.Message);
            return;
        }

        var node = y.Producer!.OpType == "Neg" ? model.Graph.Nodes[1] : y.Producer;
        Assert.Equal($"sketch.onnx, node '{node.Name}' ({node.OpType}): found {found}; expected operators that can be brought from opset {model.Opset} to 18. Export the model again at opset 18 or newer.", error.Message);
        Assert.Equal(bytes, OnnxWriter.ToBytes(model));

        Value Named(Value of)
        {
            of.Producer!.SetOutput(1, sketch.Graph.Value("extra"));
            return of;
        }

        Value Read(Value of) => sketch.Node("Neg", [Named(of).Producer!.Outputs[1]]);
    }

    [SkippableTheory]
    [InlineData("resnet20_cifar10_dense", "cifar10_inputs200")]
    [InlineData("resnet20_cifar10_mag50", "cifar10_inputs200")]
    [InlineData("lenet5_fmnist", "fmnist_inputs200")]
    public void TrainedModels_GiveTheSameLogits(string name, string inputs)
    {
        var path = SharedData.Require($"models/{name}.onnx");
        var model = OnnxReader.Read(path);
        Assert.True(OpsetUpgrade.To18(model));
        var images = NpyArray.Read(SharedData.Require($"inputs/{inputs}.npy"));
        using var old = OrtSession.FromFile(Ort.Library, path, new SessionSettings());
        using var upgraded = Ort.Session(model);
        using var x = OrtTensor.Over<float>(images.Values.AsMemory(0, images.Values.Length / (int)images.Dims[0] * 16), [16, .. images.Dims.Skip(1)]);
        Assert.Equal(Ort.Floats(old, "logits", ("input", x)), Ort.Floats(upgraded, "logits", ("input", x)));
    }

    private static Value Positive(Sketch s, int count)
    {
        var values = Enumerable.Range(1, count).Select(i => i / 4f).ToArray();
        return s.Constant(Tensor.FromFloats([count], values));
    }

    private static Value Back(Sketch s, Value value) => s.Node("Cast", [value], Of("to", (long)ElementType.Float));

    private static Value WithIndices(Sketch s, Value values)
    {
        var indices = s.Graph.Value("indices");
        values.Producer!.SetOutput(1, indices);
        return s.Node("Add", [values, Back(s, indices)]);
    }

    // [1, 2], of two means over everything.
    private static Value Few(Sketch s) => s.Node("Slice", [s.Node("ReduceMean", [s.Node("GlobalAveragePool", [s.X])], Of("axes", [0L]))], Of("starts", [0L]), Of("ends", [2L]), Of("axes", [1L]));

    private static Value Joined(Sketch s, params NodeAttribute[] attributes)
    {
        var first = s.Node("Split", [s.X], [Of("axis", 1L), .. attributes]);
        var second = s.Graph.Value("second");
        first.Producer!.SetOutput(1, second);
        return s.Node("Concat", [second, first], Of("axis", 1L));
    }

    private static (long[] Dims, float[] Values) Run(Model model, params long[] dims)
    {
        var random = new Random(11);
        var values = new float[Tensor.CountOf(dims)];
        foreach (ref var v in values.AsSpan()) v = random.NextSingle() * 2 - 1;
        using var session = Ort.Session(model);
        using var x = OrtTensor.Over<float>(values, dims);
        using var y = session.Run([("x", x)], [model.Graph.Outputs[0].Name])[0];
        return (y.Dims.ToArray(), y.Span<float>().ToArray());
    }
}
