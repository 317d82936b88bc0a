using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Oracles.Architectures;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Gradients.Shapes;

/// <summary>Shapes and opsets over whole networks, with the batch free, against runs at batch 3.</summary>
public class ArchitectureShapeTests
{
    private const long Samples = 3;

    public static TheoryData<string> Names => [.. Architecture.All.Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryValue_ForwardAndBackward_HasTheShapeOfARun(string name)
    {
        var size = Architecture.Of(name).Small;
        var model = Architecture.Of(name).Build(size);
        var graph = model.Graph;
        var facts = ShapeFacts.Of(graph);
        var loss = ClassifierLoss.AddTo(model, "logits", facts);
        Value[] weights = [.. graph.Initializers.Where(v => v.Name.EndsWith(".weight", StringComparison.Ordinal))];
        Assert.All(ReverseMode.Differentiate(loss.Emit, loss.Loss, weights), Assert.NotNull);
        Value[] values = [.. graph.Nodes.SelectMany(n => n.Outputs).OfType<Value>()];
        foreach (var value in values.Where(v => !v.IsOutput)) graph.AddOutput(value);
        var batch = Assert.Single(facts.TypeOf(graph.Inputs[0])!.Shape!, d => d.Size is null).Symbol!;
        Run(model, size, loss.Labels!.Name, made =>
        {
            foreach (var value in values) ToldShapes.Hold(facts, value, made[value.Name].Type, made[value.Name].Dims, batch, Samples);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void UpgradeFrom13_KeepsTheScores(string name)
    {
        var size = Architecture.Of(name).Small with { Opset = 13 };
        var model = Architecture.Of(name).Build(size);
        var before = Scores(model, size);
        Assert.True(OpsetUpgrade.To18(model));
        Assert.Null(GraphRules.FirstBroken(model.Graph));
        var facts = ShapeFacts.Of(model.Graph);
        Assert.DoesNotContain(model.Graph.Nodes.SelectMany(n => n.Outputs).OfType<Value>(), v => !facts.IsComplete(v));
        // The same kernels run; fusions may differ between opsets in the last bits of scores of a few units.
        Assert.InRange(Ort.LargestDifference(before, Scores(model, size)), 0, 1e-4f);
        ShapeFolding.Fold(model.Graph, facts);
        // The class token of the transformer is expanded to the batch, which only a run tells.
        Assert.Equal(name == "vit" ? 1 : 0, model.Graph.Nodes.Count(n => n.OpType == "Shape"));
        Assert.InRange(Ort.LargestDifference(before, Scores(model, size)), 0, 1e-4f);
    }

    private static float[] Scores(Model model, NetSize size)
    {
        var scores = Array.Empty<float>();
        Run(model, size, null, made => scores = made["logits"].Span<float>().ToArray());
        return scores;
    }

    private static void Run(Model model, NetSize size, string? labels, Action<Dictionary<string, OrtTensor>> check)
    {
        var dims = new[] { Samples, 3, size.Side, size.Side };
        using var session = Ort.Session(model, new SessionSettings { Level = OptimisationLevel.None });
        using var x = OrtTensor.Over(NetWeights.Normal(9, "input", dims, 1));
        using var y = OrtTensor.Allocate(ElementType.Int64, [Samples]);
        string[] names = [.. model.Graph.Outputs.Select(o => o.Name)];
        var results = session.Run(labels is null ? [("input", x)] : [("input", x), (labels, y)], names);
        try
        {
            check(names.Zip(results).ToDictionary(r => r.First, r => r.Second, StringComparer.Ordinal));
        }
        finally
        {
            foreach (var result in results) result.Dispose();
        }
    }
}
