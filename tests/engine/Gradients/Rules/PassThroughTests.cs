using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients.Rules;

public class PassThroughTests
{
    [Fact]
    public void Dropout_InTraining_IsRefused()
    {
        var model = OpModel.Of("Dropout", [("x", Random(1, 2)), ("ratio", From([0.0])), ("training_mode", new(ElementType.Bool, [], [0]))], [], with: ["x"]);
        model.Graph.SetInitializer("training_mode", Tensor.From<byte>(ElementType.Bool, [], [1]));
        var e = Assert.Throws<AuditException>(() => Gradient(model));
        Assert.Equal("Dropout.onnx, node 'dropout' (Dropout)", e.Where);
        Assert.Equal("Dropout in training mode", e.Found);
    }

    [Fact]
    public void Cast_ToAnInteger_EndsTheWay()
    {
        var model = OpModel.Of("Cast", [("x", Random(1, 2))], [NodeAttribute.Of("to", (long)ElementType.Int64)]);
        var back = model.Graph.Value("back");
        model.Graph.AddNode("NotAnOperator", [model.Graph.Find("y")], [back], "unknown");
        Assert.Null(ReverseMode.Differentiate(new Emitter(model.Graph, ShapeFacts.Of(model.Graph), "cast.onnx"), back, [model.Graph.Find("x")!])[0]);
    }

    [Theory]
    [InlineData(ElementType.Double)]
    [InlineData(ElementType.Float16)]
    public void Cast_BetweenFloats_BringsTheGradientBackInTheTypeOfTheInput(ElementType to)
    {
        var model = OpModel.Of("Cast", [("x", Random(1, 2))], [NodeAttribute.Of("to", (long)to)]);
        var gradient = Gradient(model)!;
        Assert.Equal(ElementType.Float, ShapeFacts.Of(model.Graph).TypeOf(gradient)!.Element);
    }

    private static Value? Gradient(Model model) =>
        ReverseMode.Differentiate(new Emitter(model.Graph, ShapeFacts.Of(model.Graph), model.Source), model.Graph.Find("y")!, [model.Graph.Find("x")!])[0];
}
