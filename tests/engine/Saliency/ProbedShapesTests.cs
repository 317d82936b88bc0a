using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Runtime;
using OnnxAudit.Saliency;
using OnnxAudit.Tests.Onnx;
using OnnxAudit.Tests.Runtime;
using static OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Saliency;

public class ProbedShapesTests
{
    [Fact]
    public void ShapesThatOnlyARunTells_GiveTheSameProfiles()
    {
        Assert.True(IsTold(Network(told: true).Graph));
        Assert.False(IsTold(Network(told: false).Graph));
        Assert.Equal(Profiles(Network(told: true)), Profiles(Network(told: false)));
    }

    private static bool IsTold(Graph graph) => ShapeFacts.Of(graph) is var facts && graph.Nodes.All(n => facts.IsComplete(n.Outputs[0]!));

    private static float[] Profiles(Model model)
    {
        using var session = SaliencySession.Open(model, [3, 8, 8], Ort.Library, new SessionSettings(), KernelSet.Choose("auto"), new SaliencyOptions());
        var random = new Random(2);
        float[] images = [.. Enumerable.Range(0, 2 * 192).Select(_ => random.NextSingle() - 0.5f)];
        var profiles = new float[2 * session.Filters];
        session.Run(images, [2, 3, 8, 8], [1, 3], profiles, []);
        Assert.All(profiles, p => Assert.True(p > 0));
        return profiles;
    }

    /// <summary>The image laid out anew before a convolution with a stride; its sizes stand in the file, or come from numbers that only running turns into sizes.</summary>
    private static Model Network(bool told)
    {
        var sketch = new Sketch(18, 8, new Dim(null, "batch"), 3, 8, 8);
        var sizes = told ? sketch.Integers(-1, 3, 16, 4)
            : sketch.Node("Cast", [sketch.Node("Floor", [sketch.Constant(Tensor.FromFloats([4], [-1, 3.5f, 16.5f, 4.5f]))])], Of("to", (long)ElementType.Int64));
        var convolved = sketch.Node("Conv", [sketch.Node("Reshape", [sketch.X, sizes]), sketch.Weight(6, 3, 3, 3)], Of("strides", [2L, 2]));
        var pooled = sketch.Node("Flatten", [sketch.Node("GlobalAveragePool", [sketch.Node("Sigmoid", [convolved])])]);
        return sketch.Ends(sketch.Node("Gemm", [pooled, sketch.Weight(6, 5)]), new Dim(null, "batch"), 5);
    }
}
