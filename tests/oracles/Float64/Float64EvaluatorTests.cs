using OnnxAudit.Graphs;
using OnnxAudit.Tests.Gradients;

namespace OnnxAudit.Tests.Oracles;

/// <summary>The oracle has an oracle: ONNX Runtime in float32.</summary>
public class Float64EvaluatorTests
{
    private static readonly Dictionary<string, EvaluatorCase> ByName = EvaluatorCases.All.ToDictionary(c => c.Name, StringComparer.Ordinal);

    public static TheoryData<string> Every => [.. ByName.Keys];

    [Theory]
    [MemberData(nameof(Every))]
    public void Operator_AgreesWithOnnxRuntime(string name)
    {
        var tested = ByName[name];
        var model = OpModel.Of(tested.Op, tested.Inputs, tested.Attributes, tested.Outputs, opset: tested.Opset);
        var feeds = OpModel.Feeds(model, tested.Inputs);
        var outputs = model.Graph.Outputs.ToArray();
        var expected = Float64Evaluator.Run(model.Graph, feeds, [.. outputs.Select(o => o.Name)]);
        var actual = OrtEvaluator.Run(model, feeds, outputs);
        for (var i = 0; i < outputs.Length; i++) Agreement.Holds(expected[outputs[i].Name], actual[i], tested.Tolerance, $"{name}, {outputs[i]}");
    }

    [Fact]
    public void EveryRow_HasACase() => Assert.Empty(Float64Table.Rows.Keys.Except(EvaluatorCases.All.Select(c => c.Op)));

    [Fact]
    public void UnknownOperator_IsNamed()
    {
        var graph = new Graph("g");
        graph.AddNode("Mystery", [graph.SetInitializer("x", Tensor.FromFloats([1], [1]))], [graph.Value("y")], "n", "some.domain");
        var error = Assert.Throws<NotSupportedException>(() => Float64Evaluator.Run(graph, new Dictionary<string, Float64Tensor>(), "y"));
        Assert.Contains("no operator some.domain.Mystery", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Erf_IsExactToTenDigits_WhereTablesGiveIt()
    {
        Assert.Equal(0.5204998778130465, OnnxAudit.Tests.Oracles.Activations.Erf(0.5), 1e-15);
        Assert.Equal(-0.9953222650189527, OnnxAudit.Tests.Oracles.Activations.Erf(-2), 1e-15);
        Assert.Equal(0.9999999998033839, OnnxAudit.Tests.Oracles.Activations.Erf(4.5), 1e-15);
    }
}
