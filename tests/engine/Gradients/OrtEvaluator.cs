using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Oracles;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Gradients;

/// <summary>The same as <see cref="Float64Evaluator"/> by ONNX Runtime, in the types the graph declares.</summary>
internal static class OrtEvaluator
{
    /// <summary>The values of <paramref name="outputs"/>, any values of the graph, which gains an Identity for each.</summary>
    public static Float64Tensor[] Run(Model model, IReadOnlyDictionary<string, Float64Tensor> feeds, IReadOnlyList<Value> outputs, SessionSettings? settings = null)
    {
        var graph = model.Graph;
        var own = outputs.Select(o => graph.NewValue($"out/{o.Name}")).ToArray();
        for (var i = 0; i < own.Length; i++)
        {
            graph.AddNode("Identity", [outputs[i]], [own[i]], own[i].Name);
            graph.AddOutput(own[i]);
        }

        using var session = OrtSession.FromMemory(RuntimeLibrary.Loaded, OnnxWriter.ToBytes(model), model.Source, settings ?? new SessionSettings());
        var inputs = feeds.Select(f => (f.Key, OrtTensor.Over(f.Value.ToTensor()))).ToArray();
        var results = session.Run(inputs, [.. own.Select(o => o.Name)]);
        try
        {
            return [.. results.Select(r => Float64Tensor.Of(r.ToTensor()))];
        }
        finally
        {
            foreach (var tensor in results.Concat(inputs.Select(i => i.Item2))) tensor.Dispose();
        }
    }
}
