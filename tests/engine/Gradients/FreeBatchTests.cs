using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients;

/// <summary>A gradient graph made for a batch of unknown size serves every size: nothing of it is baked in.</summary>
public class FreeBatchTests
{
    private static readonly Dictionary<string, GradientExample> ByName = GradientExamples.All.Where(e => e.Batch.Length > 0).ToDictionary(e => e.Name, StringComparer.Ordinal);

    public static TheoryData<string> Batched => [.. ByName.Keys];

    /// <summary>With the loss Σy²/2 the gradient of three batches on end is that of one, three times. 1e-12: the same sums of doubles.</summary>
    [Theory]
    [MemberData(nameof(Batched))]
    public void Gradient_OfThreeBatches_IsThatOfOneThreeTimes(string name)
    {
        var example = ByName[name];
        var (model, feeds) = example.Model();
        var graph = model.Graph;
        var batched = example.Batch.Select(b => graph.Find(b)!).ToArray();
        foreach (var input in batched) input.Type = input.Type! with { Shape = [new Dim(null, "batch"), .. input.Type.Shape!.Skip(1)] };
        foreach (var output in graph.Outputs) output.Type = output.Type! with { Shape = null };
        var emit = new Emitter(graph, ShapeFacts.Of(graph), name, "loss");
        var losses = graph.Outputs.Select(y => emit.ReduceSum(emit.Mul(emit.Mul(y, y), 0.5), [.. Enumerable.Range(0, emit.RankOf(y)).Select(i => (long)i)], keep: false)).ToArray();
        var gradients = ReverseMode.Differentiate(emit, losses.Length == 1 ? losses[0] : emit.Add("Sum", [.. losses]), batched).Select(g => g!.Name).ToArray();

        var once = Float64Evaluator.Run(graph, feeds, gradients);
        var thrice = Float64Evaluator.Run(graph, feeds.ToDictionary(f => f.Key, f => example.Batch.Contains(f.Key) ? Thrice(f.Value) : f.Value), gradients);
        foreach (var gradient in gradients) Agreement.Holds(thrice[gradient], Thrice(once[gradient]), 1e-12, $"{name}, {gradient}");
    }

    private static Float64Tensor Thrice(Float64Tensor x) => new(x.Type, [3 * x.Dims[0], .. x.Dims[1..]], [.. x.Values, .. x.Values, .. x.Values]);
}
