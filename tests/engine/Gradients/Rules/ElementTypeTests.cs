using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients.Rules;

/// <summary>Rules emit constants and casts in the element type of the values they meet, so graphs of other floats are typed right and run.</summary>
public class ElementTypeTests
{
    private static readonly Dictionary<string, GradientExample> ByName = GradientExamples.Batched.ToDictionary(e => e.Name, StringComparer.Ordinal);

    public static TheoryData<string> Batched => [.. ByName.Keys];

    /// <summary>ONNX defines Celu for float32 alone; near 500 float16 steps by 0.25, and e^(x − y) with it.</summary>
    public static TheoryData<string> InFloat16 => [.. ByName.Values.Where(e => e.Op != "Celu" && e.Case != "far out").Select(e => e.Name)];

    /// <summary>
    /// ONNX Runtime types every node before it runs the first. Float16 has 11 bits, 5e-4; the graphs take up to some twenty roundings, and sums cancel:
    /// 2e-2 of the largest element.
    /// </summary>
    [Theory]
    [MemberData(nameof(InFloat16))]
    public void Gradient_InFloat16_RunsOnOnnxRuntime(string name)
    {
        var (graph, gradients) = Differentiated(ByName[name], ElementType.Float16);
        var expected = GradientCheck.Evaluated(graph, gradients);
        var actual = OrtEvaluator.Run(graph.Model, graph.Feeds, [.. gradients.OfType<Value>()]);
        for (int k = 0, at = 0; k < gradients.Length; k++)
        {
            if (gradients[k] is null) continue;
            var (a, e) = (actual[at++], expected[k]);
            Assert.Equal(ElementType.Float16, a.Type);
            Assert.Equal(e.Dims, a.Dims);
            var largest = e.Values.Max(Math.Abs);
            for (var i = 0; i < e.Values.Length; i++) Assert.Equal(e.Values[i], a.Values[i], 2e-2 * largest);
        }
    }

    [Theory]
    [MemberData(nameof(Batched))]
    public void Gradient_InFloat64_IsFloat64(string name)
    {
        var (graph, gradients) = Differentiated(ByName[name], ElementType.Double);
        var facts = OnnxAudit.Gradients.Shapes.ShapeFacts.Of(graph.Model.Graph);
        foreach (var node in graph.Model.Graph.Nodes)
            foreach (var output in node.Outputs.OfType<Value>()) Assert.NotEqual(ElementType.Float, facts.TypeOf(output)!.Element);
        Assert.All(gradients.OfType<Value>(), g => Assert.Equal(ElementType.Double, facts.TypeOf(g)!.Element));
    }

    private static (LossGraph Graph, Value?[] Gradients) Differentiated(GradientExample example, ElementType type)
    {
        var typed = example with { Inputs = [.. example.Inputs.Select(i => i.Value.IsFloat ? (i.Name, Rounded(type, i.Value)) : i)] };
        var (model, feeds) = typed.Model();
        var graph = new LossGraph(model, feeds, typed.With);
        return (graph, graph.Differentiate());
    }

    private static Float64Tensor Rounded(ElementType type, Float64Tensor x) =>
        new(type, x.Dims, type == ElementType.Float16 ? [.. x.Values.Select(v => (double)(Half)v)] : x.Values);
}
