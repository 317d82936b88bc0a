using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Saliency;
using OnnxAudit.Tests.Oracles.Architectures;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Saliency;

public sealed class MaskedSaliencyTests
{
    // 37 elements a sample: whole vectors of any width, and some left.
    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public void TheMask_IsThatOfTheStandardOperators(bool summed, int threads)
    {
        var random = new Random(4);
        float[] Values() => [.. Enumerable.Range(0, 3 * 37).Select(i => i % 5 == 0 ? 0f : random.NextSingle() - 0.5f)];
        var (g, h, y) = (Values(), Values(), Values());
        (y[3], y[4], g[5], y[5], y[6]) = (float.NaN, float.PositiveInfinity, float.NaN, 1, float.Epsilon);
        var model = Mask(summed, custom: false);
        var expected = Run(Ort.Session(model));
        var (emit, where) = (Emit(model), model.Graph.Nodes.Single(n => n.Is("Where")));
        var mask = ReluMask.Of(emit, where)!;
        Assert.Equal(summed ? ("g", "h", "y") : ("g", null, "y"), (mask.Gradient.Name, mask.Other?.Name, mask.Output.Name));
        var ours = Mask(summed, custom: true);
        var op = new MaskedSaliency([], [], KernelSet.Choose("auto"), FilterAggregate.MeanAbs, threads);
        Assert.Equal(expected, Run(OrtSession.FromMemory(Ort.Library, OnnxWriter.ToBytes(ours), "ours", new SessionSettings { Threads = threads }, operators: new CustomOperators(MaskedSaliency.Domain, [op]))));

        float[] Run(OrtSession session)
        {
            using var opened = session;
            using OrtTensor a = OrtTensor.Over<float>(g, [3, 37]), b = OrtTensor.Over<float>(h, [3, 37]), c = OrtTensor.Over<float>(y, [3, 37]);
            return Ort.Floats(opened, "d", [("g", a), ("y", c), .. summed ? new[] { ("h", b) } : []]);
        }
    }

    [Theory]
    [InlineData("Less", 0f)]
    [InlineData("Greater", 1f)]
    public void OtherMasks_AreLeftAlone(string comparison, float threshold)
    {
        var model = Mask(summed: false, custom: false);
        var greater = model.Graph.Nodes.Single(n => n.Is("Greater"));
        greater.OpType = comparison;
        greater.SetInput(1, model.Graph.SetInitializer("threshold", Tensor.FromFloats([], [threshold])));
        Assert.Null(ReluMask.Of(Emit(model), model.Graph.Nodes.Single(n => n.Is("Where"))));
    }

    [Fact]
    public void AResidualNetwork_KeepsNoMaskOfStandardOperators()
    {
        var architecture = Architecture.Of("resnet18-cifar");
        var graph = SaliencyGraph.Build(architecture.Build(architecture.Small), new SaliencyOptions(), Ort.Library);
        var places = graph.Sites.Select((s, i) => new FilterLayer(s.Weight, "", s.Kind, s.Filters, i, s.Weights)).ToArray();
        FusedProfile.Put(graph, places, KernelSet.Choose("auto"), FilterAggregate.MeanAbs, 1);
        GraphTrim.Trim(graph.Model.Graph);
        var ours = graph.Model.Graph.Nodes.Where(n => n.Domain == MaskedSaliency.Domain).ToArray();
        Assert.DoesNotContain(graph.Model.Graph.Nodes, n => n.Is("Greater"));
        Assert.Equal(17, ours.Count(n => n.Input(2) is not null)); // one per ReLU
        Assert.Equal(20, ours.Count(n => n.Input(3) is not null)); // one per convolution
        Assert.Contains(ours, n => n.Input(1) is not null); // where branches meet, their sum is taken over too
        Assert.Null(GraphRules.FirstBroken(graph.Model.Graph));
        // Of its 13 data gradients of 3×3 convolutions at stride 1 those over maps of a size are ours, the others ONNX Runtime's.
        var taken = ours.Count(n => n.Int(MaskedSaliency.Convolution, -1) >= 0);
        var left = graph.Model.Graph.Nodes.Count(n => n.Is("Conv") && n.Input(1)!.Producer is { } turn && turn.Is("Slice"));
        Assert.Equal(13, taken + left);
        Assert.True(taken > 0);
    }

    private static Emitter Emit(Model model) => new(model.Graph, ShapeFacts.Of(model.Graph), "mask");

    private static Model Mask(bool summed, bool custom)
    {
        var graph = new Graph("mask");
        var (g, y, h, d) = (Input("g"), Input("y"), summed ? Input("h") : null, SmallModels.Output(graph, "d", ElementType.Float, 3, 37));
        if (custom)
        {
            graph.AddNode(MaskedSaliency.OpName, [g, h, y], [d], "ours", MaskedSaliency.Domain).Set(NodeAttribute.Of(MaskedSaliency.Layer, -1L)).Set(NodeAttribute.Of(MaskedSaliency.Convolution, -1L));
        }
        else
        {
            var zero = graph.SetInitializer("zero", Tensor.FromFloats([], [0]));
            var (positive, sum) = (graph.Value("positive"), summed ? graph.Value("sum") : g);
            graph.AddNode("Greater", [y, zero], [positive], "greater");
            if (summed) graph.AddNode("Sum", [g, h], [sum], "sum");
            graph.AddNode("Where", [positive, sum, zero], [d], "where");
        }

        var model = SmallModels.Wrap(graph, "mask.onnx");
        model.Opsets.Add(new(MaskedSaliency.Domain, 1));
        return model;

        Value Input(string name) => SmallModels.Input(graph, name, ElementType.Float, 3, 37);
    }
}
