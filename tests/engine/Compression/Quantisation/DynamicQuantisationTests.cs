using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Oracles;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Compression.Quantisation;

/// <summary>Layers with inputs coded while running: the graph in float64 by the operators' definitions, and ONNX Runtime's numbers against that.</summary>
public class DynamicQuantisationTests
{
    private static readonly WeightCodeRequest Request = new("", "", WeightCode.DynamicInt8, Ort.Library, "test");

    [Theory]
    [InlineData(false, false, 8)]
    [InlineData(false, false, 7)]
    [InlineData(true, false, 8)]
    [InlineData(true, true, 8)]
    public void AConvolution_ComputesWhatTheDefinitionsSay(bool perTensor, bool asymmetric, int bits)
    {
        var model = Of([new(null, "n"), 4, 7, 6], (graph, x, y) =>
        {
            var w = graph.SetInitializer("w", Tensor.FromFloats([6, 2, 3, 2], Uneven(72, 12, 3)));
            var b = graph.SetInitializer("b", Tensor.FromFloats([6], Models.Weights(6, 2)));
            graph.AddNode("Conv", [x, w, b], [y], "conv").Set(NodeAttribute.Of("group", 2L)).Set(NodeAttribute.Of("pads", [1L, 0L, 2L, 1L])).Set(NodeAttribute.Of("strides", [2L, 1L]))
                .Set(NodeAttribute.Of("dilations", [1L, 2L]));
        });
        Agrees(model, [3, 4, 7, 6], Request with { PerTensor = perTensor, AsymmetricWeights = asymmetric, WeightBits = bits }, "ConvInteger", bits == 8 ? 0.02 : 0.04);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    public void AGemm_ComputesWhatTheDefinitionsSay(bool transposed, bool asymmetric, bool perTensor)
    {
        var model = Of([new(null, "n"), 5], (graph, x, y) =>
        {
            // Channels of very different size, along the axis of outputs.
            var values = Uneven(15, 5, 4);
            if (!transposed) values = [.. Enumerable.Range(0, 15).Select(i => values[i % 3 * 5 + i / 3])];
            var w = graph.SetInitializer("w", Tensor.FromFloats(transposed ? [3, 5] : [5, 3], values));
            var b = graph.SetInitializer("b", Tensor.FromFloats([3], [0.3f, -1, 0.01f]));
            graph.AddNode("Gemm", [x, w, b], [y], "fc").Set(NodeAttribute.Of("transB", transposed ? 1L : 0)).Set(NodeAttribute.Of("alpha", -1.5f)).Set(NodeAttribute.Of("beta", 0.5f));
        });
        Agrees(model, [4, 5], Request with { AsymmetricWeights = asymmetric, PerTensor = perTensor }, "MatMulInteger", 0.02);
    }

    [Fact]
    public void AMatMulOfSeveralAxes_ComputesWhatTheDefinitionsSay()
    {
        var model = Of([new(null, "n"), 2, 5], (graph, x, y) =>
            graph.AddNode("MatMul", [x, graph.SetInitializer("w", Tensor.FromFloats([5, 3], Models.Weights(15, 4)))], [y], "fc"));
        Agrees(model, [4, 2, 5], Request, "MatMulInteger", 0.02);
    }

    [Fact]
    public void WhatLayersShare_IsCodedOnce()
    {
        var model = Of([new(null, "n"), 3], (graph, x, y) =>
        {
            var w = graph.SetInitializer("w", Tensor.FromFloats([3, 3], Models.Weights(9, 4)));
            graph.AddNode("MatMul", [x, w], [graph.Value("a")], "first");
            graph.AddNode("MatMul", [x, w], [graph.Value("b")], "second");
            graph.AddNode("Add", [graph.Value("a"), graph.Value("b")], [y]);
        });
        var coded = DynamicQuantisation.Apply(model, LayerChoice.Of(model, []).Layers, Request, []);
        Assert.Single(coded);
        Assert.Single(model.Graph.Nodes, n => n.Is("DynamicQuantizeLinear"));
        Assert.Single(model.Graph.Nodes.Where(n => n.Is("MatMulInteger")).Select(n => n.Input(1)).Distinct());
    }

    [Fact]
    public void AsymmetricWeightsPerChannel_AreRefused_ForConvolutionsAlone()
    {
        var model = Of([new(null, "n"), 1, 3, 3], (graph, x, y) => graph.AddNode("Conv", [x, graph.SetInitializer("w", Tensor.FromFloats([2, 1, 1, 1], [1, -2]))], [y], "conv"));
        var error = Assert.Throws<AuditException>(() => DynamicQuantisation.Apply(model, LayerChoice.Of(model, []).Layers, Request with { AsymmetricWeights = true }, []));
        Assert.Equal((AuditCode.Usage, "asymmetric weights per channel"), (error.Code, error.Found));
    }

    /// <summary>A classifier that is a 1×1 convolution before pooling, as SqueezeNet has it, is found with its decoded weights and its bias.</summary>
    [Fact]
    public void AConvolutionalHead_IsFound()
    {
        var model = Of([new(null, "n"), 4, 3, 3], (graph, x, y) =>
        {
            var (w, b) = (graph.SetInitializer("w", Tensor.FromFloats([3, 4, 1, 1], Uneven(12, 4, 3))), graph.SetInitializer("b", Tensor.FromFloats([3], [0.5f, -1, 2])));
            graph.AddNode("Conv", [x, w, b], [graph.Value("maps")], "conv");
            graph.AddNode("GlobalAveragePool", [graph.Value("maps")], [graph.Value("means")]);
            graph.AddNode("Flatten", [graph.Value("means")], [y]);
        });
        var before = HeadFinder.Find(model).Require();
        DynamicQuantisation.Apply(model, LayerChoice.Of(model, []).Layers, Request, []);
        var head = HeadFinder.Find(model).Require();
        Assert.Equal(("ConvInteger", 3, 4), (head.Node.OpType, head.ClassCount, head.FeatureCount));
        Assert.Equal(before.Bias, head.Bias);
        for (var i = 0; i < 12; i++) Assert.Equal(before.Weights[i], head.Weights[i], 0.5 / 127 * before.Weights.AsSpan(i / 4 * 4, 4).ToArray().Max(Math.Abs) + 1e-7);
        var outputs = head.Expose(model);
        using var session = Ort.Session(model);
        var x = Models.Weights(2 * 4 * 9, 6);
        using var input = OrtTensor.Over(x.AsMemory(), [2, 4, 3, 3]);
        var (features, logits) = (Ort.Floats(session, outputs.Features, ("x", input)), Ort.Floats(session, outputs.Logits, ("x", input)));
        for (var n = 0; n < 2; n++)
            for (var c = 0; c < 3; c++) Assert.Equal(head.Bias![c] + Enumerable.Range(0, 4).Sum(k => (double)head.Weights[c * 4 + k] * features[n * 4 + k]), logits[n * 3 + c], 1e-5);
    }

    [Fact]
    public void AnEmptyFilter_GivesItsBias()
    {
        var model = Of([new(null, "n"), 1, 2, 2], (graph, x, y) =>
        {
            var b = graph.SetInitializer("b", Tensor.FromFloats([2], [0.37f, 1]));
            graph.AddNode("Conv", [x, graph.SetInitializer("w", Tensor.FromFloats([2, 1, 1, 1], [0, -2])), b], [y], "conv");
        });
        DynamicQuantisation.Apply(model, LayerChoice.Of(model, []).Layers, Request, []);
        using var session = Ort.Session(model);
        using var input = OrtTensor.Over(new float[] { 1, 2, 3, 4 }.AsMemory(), [1, 1, 2, 2]);
        Assert.Equal([0.37f, 0.37f, 0.37f, 0.37f], Ort.Floats(session, "y", ("x", input))[..4]);
    }

    // floats: how far the float32 layer may be, as a share of its largest output; two codes of 8 bits leave some 1 %.
    private static void Agrees(Model model, long[] shape, WeightCodeRequest request, string product, double floats)
    {
        var x = Models.Weights((int)Tensor.CountOf(shape), 21);
        var feeds = new Dictionary<string, Float64Tensor> { ["x"] = Float64Tensor.From([.. x.Select(v => (double)v)], shape) };
        var original = Float64Evaluator.Run(model.Graph, feeds, "y")["y"].Values;
        var coded = DynamicQuantisation.Apply(model, LayerChoice.Of(model, []).Layers, request, []);
        GraphTrim.Trim(model.Graph);
        Assert.Null(GraphRules.FirstBroken(model.Graph));
        Assert.Single(model.Graph.Nodes, n => n.Is(product));
        Assert.InRange(coded[0].Error, 1e-4, 0.03);
        var expected = Float64Evaluator.Run(model.Graph, feeds, "y")["y"].Values;
        var size = original.Max(Math.Abs);
        for (var i = 0; i < original.Length; i++) Assert.Equal(original[i], expected[i], floats * size);
        foreach (var level in new[] { OptimisationLevel.None, OptimisationLevel.All })
        {
            using var session = Ort.Session(model, new SessionSettings { Level = level });
            using var input = OrtTensor.Over(x.AsMemory(), shape);
            var found = Ort.Floats(session, "y", ("x", input));
            // Integers are exact: what is left are three float32 roundings. A code that fell on the other side would show as 1e-3.
            for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-6 * size);
        }
    }

    private static Model Of(Dim[] input, Action<Graph, Value, Value> build)
    {
        var graph = new Graph("layer");
        var model = new Model(graph) { Source = "layer.onnx" };
        model.Opsets.Add(new("", 13));
        var (x, y) = (graph.Value("x"), graph.Value("y"));
        x.Type = new TensorType(ElementType.Float, input);
        y.Type = new TensorType(ElementType.Float, null);
        graph.AddInput(x);
        graph.AddOutput(y);
        build(graph, x, y);
        return model;
    }

    // Weights whose runs of `run` elements have very different size.
    private static float[] Uneven(int count, int run, int seed)
    {
        float[] sizes = [1, 0.05f, 0.3f];
        return [.. Models.Weights(count, seed).Select((w, i) => w * sizes[i / run % 3])];
    }
}
