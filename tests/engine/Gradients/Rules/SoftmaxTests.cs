using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients.Rules;

public class SoftmaxTests
{
    /// <summary>float32 holds 1 − 1e-9 as 1, so p − 1 would be 0; the sum of the other probabilities keeps float32's digits (1e-7, and some for eˣ).</summary>
    [Fact]
    public void GradientAtALikelyLabel_KeepsItsDigits_InFloat32()
    {
        var graph = new Graph("likely");
        var (x, logs, loss) = (graph.Value("x"), graph.Value("logs"), graph.Value("loss"));
        x.Type = logs.Type = new TensorType(ElementType.Float, [1, 4]);
        graph.AddInput(x);
        graph.AddNode("LogSoftmax", [x], [logs], "logs");
        graph.AddNode("Mul", [logs, graph.SetInitializer("label", Tensor.FromFloats([4], [-1, 0, 0, 0]))], [loss], "loss");
        var model = new Model(graph) { Source = "likely.onnx" };
        model.Opsets.Add(new("", 18));
        var gradient = ReverseMode.Differentiate(new Emitter(graph, ShapeFacts.Of(graph), model.Source), loss, [x])[0]!;

        var at = From([21.5, 0, -1, 0.5], 1, 4);
        var found = OrtEvaluator.Run(model, new Dictionary<string, Float64Tensor> { ["x"] = at }, [gradient])[0];

        LikelyLabel.Holds(found, at);
    }
}
