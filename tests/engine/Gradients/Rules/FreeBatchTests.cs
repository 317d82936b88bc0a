using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients.Rules;

/// <summary>One gradient graph serves every batch size when the first axis is a symbol.</summary>
public class FreeBatchTests
{
    private static readonly Dictionary<string, GradientExample> ByName = GradientExamples.Batched.ToDictionary(e => e.Name, StringComparer.Ordinal);

    public static TheoryData<string> Batched => [.. ByName.Keys];

    /// <summary>The reference is the same node with every size fixed. 1e-7: a fixed count is a constant in float32, a free one is divided by in float64.</summary>
    [Theory]
    [MemberData(nameof(Batched))]
    public void GradientGraph_OfAFreeBatch_ServesEveryBatchSize(string name)
    {
        var example = ByName[name];
        var batch = example.Inputs[0].Value.Dims[0];
        var (free, gradients) = Differentiated(example, example.Inputs, i => Grows(i, batch) ? new Dim(null, "n") : null);
        foreach (var inputs in ((string Name, Float64Tensor Value)[][])[example.Inputs, [.. example.Inputs.Select(i => Grows(i, batch) ? (i.Name, Twice(i.Value)) : i)]])
        {
            var (graph, expected) = Differentiated(example, inputs, _ => null);
            for (var k = 0; k < expected.Length; k++)
            {
                Assert.Equal(expected[k] is null, gradients[k] is null);
                if (expected[k] is null) continue;
                var (a, e) = (Value(free, gradients[k]!, inputs), Value(graph, expected[k]!, inputs));
                Assert.Equal(e.Dims, a.Dims);
                for (var i = 0; i < e.Values.Length; i++) Assert.Equal(e.Values[i], a.Values[i], 1e-7 * Math.Max(1, Math.Abs(e.Values[i])));
            }
        }
    }

    private static bool Grows((string Name, Float64Tensor Value) input, long batch) =>
        (input.Value.Rank > 1 || input.Name == "labels") && input.Value.Dims[0] == batch;

    private static Float64Tensor Twice(Float64Tensor x) => new(x.Type, [2 * x.Dims[0], .. x.Dims[1..]], [.. x.Values, .. x.Values]);

    private static Float64Tensor Value(Graph graph, Value value, (string Name, Float64Tensor Value)[] inputs) =>
        Float64Evaluator.Run(graph, inputs.Where(i => i.Name.Length > 0).ToDictionary(i => i.Name, i => i.Value), value.Name)[value.Name];

    private static (Graph Graph, Value?[] Gradients) Differentiated(
        GradientExample example, (string Name, Float64Tensor Value)[] inputs, Func<(string Name, Float64Tensor Value), Dim?> first)
    {
        var graph = new Graph("batch");
        foreach (var (name, value) in inputs.Where(i => i.Name.Length > 0))
        {
            if (!value.IsFloat && first((name, value)) is null)
            {
                graph.SetInitializer(name, value.ToTensor());
                continue;
            }

            var input = OpModel.Typed(graph.Value(name), value);
            if (first((name, value)) is { } size) input.Type = input.Type! with { Shape = [size, .. input.Type.Shape!.Skip(1)] };
            graph.AddInput(input);
        }

        var y = graph.Value("y");
        var node = graph.AddNode(example.Op, [.. inputs.Select(i => i.Name.Length == 0 ? null : graph.Value(i.Name))], [y], "node");
        foreach (var attribute in example.Attributes) node.Set(attribute);
        var with = example.With ?? [.. inputs.Where(i => i.Value.IsFloat && i.Name.Length > 0).Select(i => i.Name)];
        return (graph, ReverseMode.Differentiate(new Emitter(graph, ShapeFacts.Of(graph), "batch.onnx"), y, [.. with.Select(w => graph.Find(w)!)]));
    }
}
