using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients.Rules;

public class ReductionsTests
{
    [Theory]
    [InlineData("ReduceMax", 2)]
    [InlineData("ReduceMin", -2)]
    public void Extreme_SharesTies_Evenly(string op, double extreme)
    {
        var x = From([extreme, 0, extreme, 0, extreme, 1], 2, 3);
        Assert.Equal([0.5, 0, 0.5, 0, 1, 0], GradientCheck.GradientOf(op, [("x", x), ("axes", Ints([1]))], [NodeAttribute.Of("keepdims", 0L)], "x"));
    }

    [Fact]
    public void L1_HasNoSlope_AtZero() => Assert.Equal([-1, 0, 1], GradientCheck.GradientOf("ReduceL1", [("x", From([-2, 0, 3]))], [], "x"));

    [Fact]
    public void L2_HasNoSlope_WhereAllAreZero() =>
        Assert.Equal([0, 0, 0, 1], GradientCheck.GradientOf("ReduceL2", [("x", From([0, 0, 0, 4], 2, 2)), ("axes", Ints([1]))], [], "x"));

    [Fact]
    public void Prod_GivesAZero_TheProductOfTheOthers() =>
        Assert.Equal([0, 6, 0], GradientCheck.GradientOf("ReduceProd", [("x", From([2, 0, 3]))], [], "x"));

    [Fact]
    public void Mean_OverAFreeBatch_DividesByTheSizeOfTheRun()
    {
        var graph = new Graph("mean");
        var (x, y) = (graph.Value("x"), graph.Value("y"));
        x.Type = new TensorType(ElementType.Float, [new Dim(null, "n"), 2]);
        graph.AddInput(x);
        graph.AddNode("ReduceMean", [x, graph.SetInitializer("axes", Tensor.From(ElementType.Int64, [1], new long[] { 0 }.AsSpan()))], [y], "mean");
        var gradient = ReverseMode.Differentiate(new Emitter(graph, ShapeFacts.Of(graph), "mean.onnx"), y, [x])[0]!;
        foreach (var n in (long[])[1, 4])
        {
            var found = Float64Evaluator.Run(graph, new Dictionary<string, Float64Tensor> { ["x"] = Random(1, n, 2) }, gradient.Name)[gradient.Name];
            Assert.Equal([n, 2], found.Dims);
            Assert.All(found.Values, v => Assert.Equal(1.0 / n, v, 1e-15));
        }
    }
}
