using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Onnx;

public class HeadFinderTests
{
    private const int Samples = 3;

    public static TheoryData<string> Forms => [.. HeadForms.Names];

    [SkippableTheory]
    [InlineData("models/resnet20_cifar10_dense.onnx", 64)]
    [InlineData("models/resnet20_cifar10_mag50.onnx", 64)]
    [InlineData("models/lenet5_fmnist.onnx", 84)]
    public void ExportedModel_HasTheHeadItWasTrainedWith(string file, int features)
    {
        var model = OnnxReader.Read(SharedData.Require(file));
        var head = HeadFinder.Find(model).Require();
        Assert.Equal((10, features, "Gemm", "logits"), (head.ClassCount, head.FeatureCount, head.Kind, head.Logits));
        Assert.Equal(new HeadOutputs(head.Features, "logits"), head.Expose(model));
        Assert.Equal(["logits", head.Features], model.Graph.Outputs.Select(o => o.Name));
    }

    // ONNX Runtime is the judge: on the exposed model, W·x + b of its own features must be its own logits.
    [Theory]
    [MemberData(nameof(Forms))]
    public void ExposedLogits_AreTheHeadAppliedToTheExposedFeatures(string form)
    {
        var (built, kind) = HeadForms.Build(form);
        var model = OnnxReader.Read(OnnxWriter.ToBytes(built), form);
        var search = HeadFinder.Find(model);
        var head = search.Require();
        Assert.Equal((4, kind), (head.ClassCount, head.Kind));
        var names = head.Expose(model);
        Assert.Null(GraphRules.FirstBroken(model.Graph));
        using var session = OrtSession.FromMemory(RuntimeLibrary.Loaded, OnnxWriter.ToBytes(model), form, new SessionSettings());
        using var input = Input(session);
        var outputs = session.Run([("x", input)], [names.Features, names.Logits]);
        var (features, logits) = (outputs[0].Span<float>().ToArray(), outputs[1].Span<float>().ToArray());
        Assert.Equal((Samples * head.FeatureCount, Samples * 4), (features.Length, logits.Length));

        // A requantised output is right to half a step, and a second requantisation (pooling, adding) adds its own; half precision has 11 bits.
        var tolerance = form.StartsWith("ql", StringComparison.Ordinal) || form.StartsWith("qg", StringComparison.Ordinal) ? 0.1f
            : form.StartsWith("qdq", StringComparison.Ordinal) ? 0.045f : form.StartsWith("half", StringComparison.Ordinal) ? 4e-3f : 1e-5f;
        for (var n = 0; n < Samples; n++)
            for (var c = 0; c < 4; c++)
                Assert.Equal(Score(head, features.AsSpan(n * head.FeatureCount, head.FeatureCount), c), logits[n * 4 + c], tolerance);
        foreach (var output in outputs) output.Dispose();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void ExposingTwice_ChangesNothing(string form)
    {
        var (model, _) = HeadForms.Build(form);
        var head = HeadFinder.Find(model).Require();
        var names = head.Expose(model);
        var (nodes, outputs) = (model.Graph.Nodes.Count, model.Graph.Outputs.Count);
        Assert.Equal(names, head.Expose(model));
        Assert.Equal(names, HeadFinder.Find(model).Require().Expose(model));
        Assert.Equal((nodes, outputs), (model.Graph.Nodes.Count, model.Graph.Outputs.Count));
    }

    [Fact]
    public void SoftmaxTail_IsSeenThrough()
    {
        var head = HeadFinder.Find(HeadForms.Build("gemm, softmax").Model).Require();
        Assert.True(head.ScoresAreProbabilities);
        Assert.StartsWith("gemm", head.Logits, StringComparison.Ordinal);
        Assert.False(HeadFinder.Find(HeadForms.Build("gemm").Model).Require().ScoresAreProbabilities);
    }

    [Fact]
    public void AlphaBetaAndTransposition_AreResolved()
    {
        var (model, _) = HeadForms.Build("gemm, alpha, beta, transB");
        var head = HeadFinder.Find(model).Require();
        var (w, b) = (head.Node.Input(1)!.Initializer!.ToFloats(), head.Node.Input(2)!.Initializer!.ToFloats());
        Assert.Equal(w.Select(v => v * 0.5f), head.Weights);
        Assert.Equal(b.Select(v => v * 2f), head.Bias!);
    }

    [Fact]
    public void Head_IsOneOfSeveralOutputs()
    {
        var sketch = new Sketch();
        var relu = sketch.Node("Relu", [sketch.X]);
        sketch.Ends(relu);
        sketch.Ends(sketch.Node("Gemm", [relu, sketch.Weight(6, 4)]));
        var search = HeadFinder.Find(sketch.Model);
        Assert.Equal("Gemm", search.Head!.Kind);
        Assert.Equal([relu.Producer!.ToString(), search.Head.Node.ToString()], search.Attempts.Select(a => a.Place));
    }

    [Fact]
    public void NamedNode_IsJudgedBehindOperatorsNobodyKnows()
    {
        var sketch = new Sketch();
        var scores = sketch.Node("Add", [sketch.Node("MatMul", [sketch.X, sketch.Weight(6, 4)]), sketch.Weight(4)]);
        sketch.Ends(sketch.NodeOf("my.domain", "Calibrate", [scores]));
        Assert.Null(HeadFinder.Find(sketch.Model).Head);
        var head = HeadFinder.Find(sketch.Model, scores.Producer!.Input(0)!.Producer!.Name).Require();
        Assert.Equal((scores.Name, 4), (head.Logits, head.Bias!.Length));
        Assert.Same(head.Node, HeadFinder.Find(sketch.Model, scores.Producer!.Input(0)!.Name).Head!.Node);
    }

    [Fact]
    public void UnknownNodeName_IsAUsageErrorThatNamesLinearNodes()
    {
        var (model, _) = HeadForms.Build("gemm");
        var error = Assert.Throws<AuditException>(() => HeadFinder.Find(model, "fc"));
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.Contains("node_gemm", error.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void OtherEndings_AreRefusedWithTheReason(string name)
    {
        var (_, reason, build) = Refused.First(r => r.Name == name);
        var search = HeadFinder.Find(build());
        Assert.Null(search.Head);
        Assert.Contains(reason, search.Attempts[0].Outcome, StringComparison.Ordinal);
        var error = Assert.Throws<AuditException>(search.Require);
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Refusals => [.. Refused.Select(r => r.Name)];

    private static readonly Dim Batch = new(null, "batch");

    private static readonly (string Name, string Reason, Func<Model> Build)[] Refused =
    [
        ("activation between conv and pool", "stands between the convolution and the pooling", () =>
            Map(s => s.Node("GlobalAveragePool", [s.Node("Relu", [Conv(s, 1)])]))),
        ("maximum pooling", "maximum pooling", () => Map(s => s.Node("GlobalMaxPool", [Conv(s, 1)]))),
        ("3×3 conv before pooling", "3×3 convolution", () => Map(s => s.Node("GlobalAveragePool", [Conv(s, 3)]))),
        ("strided conv before pooling", "strided", () => Map(s => s.Node("GlobalAveragePool", [Conv(s, 1, NodeAttribute.Of("strides", [2L, 2L]))]))),
        ("padded conv before pooling", "padded", () =>
            Map(s => s.Node("GlobalAveragePool", [Conv(s, 1, NodeAttribute.Of("pads", [1L, 1L, 1L, 1L]))]))),
        ("grouped conv", "grouped", () =>
            Map(s => s.Node("GlobalAveragePool", [s.Node("Conv", [s.X, s.Weight(6, 1, 1, 1)], NodeAttribute.Of("group", 6L))]))),
        ("conv over a map", "map of unknown size", () => Map(s => s.Node("Flatten", [Conv(s, 1)]))),
        ("mean over channels", "other axes than a map's positions", () =>
            Map(s => s.Node("ReduceMean", [Conv(s, 1)], NodeAttribute.Of("axes", [1L])))),
        ("mean over one axis of the map", "some of the map's axes", () =>
            Map(s => s.Node("ReduceMean", [Conv(s, 1)], NodeAttribute.Of("axes", [2L])))),
        ("windowed pooling", "windows", () => Map(s => s.Node("AveragePool", [Conv(s, 1)], NodeAttribute.Of("kernel_shape", [2L, 2L])))),
        ("activation after gemm", "Relu stands between", () => Dense(s => s.Node("Relu", [Gemm(s)]))),
        ("sigmoid", "Sigmoid stands between", () => Dense(s => s.Node("Sigmoid", [Gemm(s)]))),
        ("fused activation", "not linear", () =>
            Dense(s => s.NodeOf("com.microsoft", "FusedGemm", [s.X, s.Weight(6, 4)], NodeAttribute.Of("activation", "Relu")))),
        ("two computed operands", "both its operands are computed", () => Dense(s => s.Node("MatMul", [s.X, s.Node("Transpose", [s.X])]))),
        ("residual sum", "two computed values", () => Dense(s => s.Node("Add", [Gemm(s), Gemm(s)]))),
        ("computed bias", "bias is computed", () => Dense(s => s.Node("Gemm", [s.X, s.Weight(6, 4), s.Node("Relu", [s.Weight(4)])]))),
        ("bias per feature", "not one number per class", () => Dense(s => s.Node("Add", [Gemm(s), s.Weight(1, 4, 1)]))),
        ("softmax over samples", "softmax over axis 0", () => Dense(s => s.Node("Softmax", [Gemm(s)], NodeAttribute.Of("axis", 0L)))),
        ("softmax twice", "second softmax", () => Dense(s => s.Node("Softmax", [s.Node("LogSoftmax", [Gemm(s)])]))),
        ("transposed scores", "transposed", () => Dense(s => s.Node("Transpose", [Gemm(s)]))),
        ("one output", "not one per class", () => Dense(s => s.Node("Gemm", [s.X, s.Weight(6, 1)]))),
        ("scores per position", "the scores are", () => new Sketch(17, 8, Batch, 3, 6) is var s
            ? s.Ends(s.Node("MatMul", [s.X, s.Weight(6, 4)]), Batch, 3, 4) : null!),
        ("samples flattened together", "flattens the samples", () => Dense(s => s.Node("Flatten", [Gemm(s)], NodeAttribute.Of("axis", 0L)))),
        ("scores cut up", "are reshaped to", () => Dense(s => s.Node("Reshape", [Gemm(s), s.Integers(-1, 2)]))),
        ("integer sums never scaled", "MatMulInteger stands between", () => Dense(s => s.Node("MatMulInteger", [s.X, s.SignedBytes([6, 4])]))),
        ("no linear operator", "no linear operator", () => Dense(s => s.Node("Identity", [s.X]))),
        ("unknown domain", "my.domain::Head is not known", () => Dense(s => s.NodeOf("my.domain", "Head", [s.X]))),
    ];

    private static Value Gemm(Sketch s) => s.Node("Gemm", [s.X, s.Weight(6, 4)]);

    private static Value Conv(Sketch s, long kernel, params NodeAttribute[] attributes) =>
        s.Node("Conv", [s.X, s.Weight(4, 6, kernel, kernel)], attributes);

    private static Model Dense(Func<Sketch, Value> ending) => new Sketch() is var s ? s.Ends(ending(s)) : null!;

    private static Model Map(Func<Sketch, Value> ending) => new Sketch(17, 8, Batch, 6, 5, 5) is var s ? s.Ends(ending(s)) : null!;

    private static OrtTensor Input(OrtSession session)
    {
        var description = session.Inputs.First(i => i.Name == "x");
        var dims = description.Shape.Select((d, i) => i == 0 ? Samples : d.Size!.Value).ToArray();
        var random = new Random(11);
        var values = new float[Tensor.CountOf(dims)];
        foreach (ref var v in values.AsSpan()) v = random.NextSingle() * 4 - 2;
        return OrtTensor.Over(values.AsMemory(), dims);
    }

    private static float Score(ClassifierHead head, ReadOnlySpan<float> features, int c)
    {
        double sum = head.Bias?[c] ?? 0;
        for (var j = 0; j < features.Length; j++) sum += (double)head.Weights[c * head.FeatureCount + j] * features[j];
        return (float)sum;
    }
}
