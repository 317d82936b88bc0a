using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Gradients.Wide;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients.Wide;

/// <summary>The float64 forms of operators, on ONNX Runtime's CPU provider, against their definitions.</summary>
public class WideForwardTests
{
    private static readonly Dictionary<string, GradientExample> ByName = GradientExamples.All
        .Where(e => e.NotInRuntime is null && WideTable.Find(e.Model().Model.Graph.Nodes[0]) is not null).ToDictionary(e => e.Name, StringComparer.Ordinal);

    public static TheoryData<string> Every => [.. ByName.Keys];

    [Fact]
    public void Table_HasAnExampleForEveryRow()
    {
        var seen = ByName.Values.Select(e => e.Op).ToHashSet(StringComparer.Ordinal);
        Assert.Subset(seen, WideTable.Operators.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>1e-7 is one rounding to float32 (6e-8) with room for one of another kind: a float32 sum of even four terms misses it.</summary>
    [Theory]
    [MemberData(nameof(Every))]
    public void Output_IsRoundedOnce(string name)
    {
        var example = ByName[name];
        var (model, feeds) = (example with { Inputs = [.. example.Inputs.Select(i => (i.Name, Rounded(i.Value)))] }).Model();
        var graph = model.Graph;
        Value[] outputs = [.. graph.Nodes[0].Outputs.OfType<Value>().Where(v => v.Type!.Element == ElementType.Float)];
        var expected = Float64Evaluator.Run(graph, feeds, [.. outputs.Select(o => o.Name)]);
        Assert.Empty(Widened(model));
        var actual = OrtEvaluator.Run(model, feeds, outputs);
        for (var i = 0; i < outputs.Length; i++) Agreement.Holds(actual[i], expected[outputs[i].Name], 1e-7, $"{name}, {outputs[i]}");
    }

    [Fact]
    public void UnknownOperator_StaysInFloat32_AndIsNamed()
    {
        var model = OpModel.Of("Erf", [("x", Float64Tensor.Random(1, 2, 3))], []);
        Assert.Equal("Erf", Assert.Single(Widened(model)).OpType);
        Assert.Equal("Erf", Assert.Single(model.Graph.Nodes).OpType);
    }

    // What float32 holds, so that the definition and the graph start from the same numbers.
    private static Float64Tensor Rounded(Float64Tensor value) => value.Type == ElementType.Float ? value.With([.. value.Values.Select(v => (double)(float)v)]) : value;

    private static IReadOnlyList<Node> Widened(Model model)
    {
        var graph = model.Graph;
        var left = WideForward.Apply(new Emitter(graph, ShapeFacts.Of(graph), model.Source), [.. graph.Nodes]);
        Assert.True(GraphOrder.IsSorted(graph));
        return left;
    }
}
