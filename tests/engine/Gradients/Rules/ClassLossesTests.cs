using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients.Rules;

public class ClassLossesTests
{
    /// <summary>float32 holds 1 − 1e-9 as 1, so p − 1 would be 0; the sum of the other probabilities keeps float32's digits (1e-7, and some for eˣ).</summary>
    [Fact]
    public void GradientAtALikelyLabel_KeepsItsDigits_InFloat32()
    {
        var scores = From([21.5, 0, -1, 0.5], 1, 4);
        var (model, gradient) = Differentiated([("scores", scores), ("labels", Ints([0]))], []);

        var found = OrtEvaluator.Run(model, new Dictionary<string, Float64Tensor> { ["scores"] = scores }, [gradient])[0];

        LikelyLabel.Holds(found, scores);
    }

    [Fact]
    public void MeanLoss_DividesByTheWeightsOfItsLabels()
    {
        var scores = From([0, 0, 0, 0], 2, 2);
        var (model, gradient) = Differentiated([("scores", scores), ("labels", Ints([0, 1])), ("weights", From([3, 1]))], []);

        var found = Float64Evaluator.Run(model.Graph, new Dictionary<string, Float64Tensor> { ["scores"] = scores }, gradient.Name)[gradient.Name];

        Assert.Equal([-0.375, 0.375, 0.125, -0.125], found.Values);
    }

    [Fact]
    public void IgnoredLabels_GetNoGradient_AndDoNotCountInTheMean()
    {
        var scores = From([0, 0, 5, 7], 2, 2);
        var (model, gradient) = Differentiated([("scores", scores), ("labels", Ints([0, -1]))], [NodeAttribute.Of("ignore_index", -1L)]);

        var found = Float64Evaluator.Run(model.Graph, new Dictionary<string, Float64Tensor> { ["scores"] = scores }, gradient.Name)[gradient.Name];

        Assert.Equal([-0.5, 0.5, 0, 0], found.Values);
    }

    private static (Model Model, Value Gradient) Differentiated((string, Float64Tensor)[] inputs, NodeAttribute[] attributes)
    {
        var model = OpModel.Of("SoftmaxCrossEntropyLoss", inputs, attributes, with: ["scores"]);
        var graph = model.Graph;
        return (model, ReverseMode.Differentiate(new Emitter(graph, ShapeFacts.Of(graph), model.Source), graph.Find("y")!, [graph.Find("scores")!])[0]!);
    }
}
