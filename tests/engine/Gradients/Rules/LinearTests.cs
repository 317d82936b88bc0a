using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients.Rules;

public class LinearTests
{
    [Fact]
    public void MatMul_OfAFreeBatchByAMatrix_SumsTheBatchOfTheRun()
    {
        var graph = new Graph("product");
        var (x, y) = (graph.Value("x"), graph.Value("y"));
        x.Type = new TensorType(ElementType.Float, [new Dim(null, "n"), new Dim(null, "t"), 2]);
        graph.AddInput(x);
        var w = graph.SetInitializer("w", Tensor.FromFloats([2, 3], [1, 2, 3, 4, 5, 6]));
        graph.AddNode("MatMul", [x, w], [y], "product");
        var gradients = ReverseMode.Differentiate(new Emitter(graph, ShapeFacts.Of(graph), "product.onnx"), y, [x, w]);

        var feeds = new Dictionary<string, Float64Tensor> { ["x"] = From([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 3, 2, 2) };
        var found = Float64Evaluator.Run(graph, feeds, gradients[0]!.Name, gradients[1]!.Name);

        Assert.Equal([36, 36, 36, 42, 42, 42], found[gradients[1]!.Name].Values);
        Assert.Equal([3, 2, 2], found[gradients[0]!.Name].Dims);
        Assert.All(found[gradients[0]!.Name].Values.Chunk(2), row => Assert.Equal([6, 15], row));
    }
}
