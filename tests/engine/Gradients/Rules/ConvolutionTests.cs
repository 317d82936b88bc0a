using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients.Rules;

/// <summary>Which form a convolution's gradients take; their numbers are those of <see cref="GradientExamples"/>.</summary>
public class ConvolutionTests
{
    [Theory]
    [InlineData(1, "Conv")]
    [InlineData(2, "ConvTranspose")]
    public void DataGradient_IsAConv_AtStrideOneOnly(long stride, string expected)
    {
        var graph = Differentiated([("x", Float64Tensor.Random(1, 2, 3, 6, 6)), ("w", Float64Tensor.Random(2, 4, 3, 3, 3))], stride);
        Assert.Equal(stride == 1, !graph.Emitted.Contains("ConvTranspose"));
        Assert.Contains(expected, graph.Emitted);
    }

    // Differentiated again, a weight gradient's kernel is as large as the picture: as a Conv its data gradient would mostly read padding.
    [Fact]
    public void DataGradient_OfAKernelBeyondItsOutput_IsAConvTranspose() =>
        Assert.Contains("ConvTranspose", Differentiated([("x", Float64Tensor.Random(1, 1, 2, 11, 11)), ("w", Float64Tensor.Random(2, 2, 2, 13, 13))], 1).Emitted);

    [Fact]
    public void Gradient_OfAnUnwantedWeight_IsNotMade()
    {
        var graph = Differentiated([("x", Float64Tensor.Random(1, 1, 2, 5, 5)), ("w", Float64Tensor.Random(2, 2, 2, 3, 3))], 2, ["x"]);
        Assert.DoesNotContain("Conv", graph.Emitted);
    }

    // Weights may be overridden at run time and differentiated again: a copy turned at build time would stay as it was.
    [Fact]
    public void Weights_AreTurnedByNodes()
    {
        var graph = Differentiated([("x", Float64Tensor.Random(1, 1, 2, 5, 5)), ("w", Float64Tensor.Random(2, 2, 2, 3, 3))], 1, ["x"]);
        Assert.Contains(graph.Model.Graph.Find("w")!.Uses, u => u.Node.OpType == "Transpose");
    }

    [Fact]
    public void SamePads_OfAFreeSizeAtAStride_AreRefused()
    {
        (string, Float64Tensor)[] inputs = [("x", Float64Tensor.Random(1, 1, 2, 5, 5)), ("w", Float64Tensor.Random(2, 2, 2, 3, 3))];
        var model = OpModel.Of("Conv", inputs, [NodeAttribute.Of("auto_pad", "SAME_UPPER"), NodeAttribute.Of("strides", [2L, 2L])]);
        var (graph, x) = (model.Graph, model.Graph.Find("x")!);
        x.Type = new TensorType(ElementType.Float, [1, 2, new Dim(null, "h"), 5]);
        graph.Find("y")!.Type = null;
        var error = Assert.Throws<AuditException>(() => ReverseMode.Differentiate(new Emitter(graph, ShapeFacts.Of(graph), "same.onnx"), graph.Find("y")!, [x]));
        Assert.Contains("value 'x': found an unknown size along axis 2", error.Message);
    }

    private static LossGraph Differentiated((string, Float64Tensor)[] inputs, long stride, string[]? with = null)
    {
        var model = OpModel.Of("Conv", inputs, [NodeAttribute.Of("strides", [stride, stride]), NodeAttribute.Of("pads", [1L, 1L, 1L, 1L])], with: with);
        var graph = new LossGraph(model, OpModel.Feeds(model, inputs), with);
        graph.Differentiate();
        return graph;
    }
}
