using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients.Shapes;

/// <summary>Every value that gradient rules emit has a shape, the one that the float64 evaluator makes, with a fixed and with a free batch.</summary>
public class EmittedShapeTests
{
    private static readonly Dictionary<string, GradientExample> Examples = GradientExamples.All.ToDictionary(e => e.Name, StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Examples.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void EmittedValues_HaveTheShapesOfARun(string name)
    {
        var example = Examples[name];
        Check(example, []);
        if (example.Batch.Length > 0 && example.Inputs.First(i => i.Name == example.Batch[0]).Value.Dims[0] > 1) Check(example, example.Batch);
    }

    private static void Check(GradientExample example, string[] batched)
    {
        var (model, feeds) = example.Model();
        var graph = model.Graph;
        foreach (var input in batched.Select(b => graph.Find(b)!)) input.Type = input.Type! with { Shape = [new Dim(null, "batch"), .. input.Type.Shape!.Skip(1)] };
        foreach (var output in graph.Outputs) output.Type = null;
        var facts = ShapeFacts.Of(graph);
        var emit = new Emitter(graph, facts, example.Name, "loss");
        Value[] floats = [.. graph.Outputs.Where(y => emit.ElementOf(y) is ElementType.Float or ElementType.Double)];
        if (floats.Length == 0) return;
        var losses = floats.Select(y => emit.ReduceSum(emit.Mul(emit.Mul(y, y), 0.5), [.. Enumerable.Range(0, emit.RankOf(y)).Select(i => (long)i)], keep: false)).ToArray();
        ReverseMode.Differentiate(emit, losses.Length == 1 ? losses[0] : emit.Add("Sum", [.. losses]), [.. graph.Inputs]);
        Value[] values = [.. graph.Nodes.SelectMany(n => n.Outputs).OfType<Value>()];
        var samples = batched.Length > 0 ? feeds[batched[0]].Dims[0] : 0;
        foreach (var (value, made) in values.Zip(Made(graph, feeds, values))) ToldShapes.Hold(facts, value, made.Type, made.Dims, samples: samples);
    }

    private static Float64Tensor[] Made(Graph graph, Dictionary<string, Float64Tensor> feeds, Value[] values)
    {
        string[] names = [.. values.Select(v => v.Name)];
        var made = Float64Evaluator.Run(graph, feeds, names);
        return [.. names.Select(n => made[n])];
    }
}
