using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Compression;

/// <summary>Small graphs to prune.</summary>
internal static class Models
{
    /// <summary>A chain of convolutions, one per weight tensor (name "w0", node "conv0", …); shapes matter to no test that uses it.</summary>
    public static Model Chain(params Tensor[] weights)
    {
        var graph = new Graph("chain");
        var x = graph.Value("x");
        graph.AddInput(x);
        for (var i = 0; i < weights.Length; i++)
        {
            var w = graph.SetInitializer($"w{i}", weights[i]);
            var y = graph.Value($"y{i}");
            graph.AddNode("Conv", [x, w], [y], $"conv{i}");
            x = y;
        }

        graph.AddOutput(x);
        var model = new Model(graph) { Source = "chain" };
        model.Opsets.Add(new("", 13));
        return model;
    }

    /// <summary>A chain of float32 weights.</summary>
    public static Model Chain(params float[][] weights) => Chain([.. weights.Select(w => Tensor.FromFloats([w.Length], w))]);

    /// <summary>Normal-like weights, a different sequence per seed.</summary>
    public static float[] Weights(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() + random.NextDouble() - 1))];
    }
}
