using OnnxAudit.Graphs;

namespace OnnxAudit.Bench.Masking;

/// <summary>The weights both contenders prune: as many and as large as ResNet-50's layers, normal with a standard deviation of 0.02.</summary>
internal sealed class Layers
{
    private const int Count = 53;

    internal Layers(int weights, int seed)
    {
        var random = new Random(seed);
        Sizes = [.. Enumerable.Range(0, Count).Select(i => (int)((long)weights * (i + 1) / Count - (long)weights * i / Count))];
        Values = new float[weights];
        for (var i = 0; i < weights; i += 2)
        {
            // Box-Muller: two normals from two uniforms.
            var radius = 0.02 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var (sin, cos) = Math.SinCos(2 * Math.PI * random.NextDouble());
            Values[i] = (float)(radius * cos);
            if (i + 1 < weights) Values[i + 1] = (float)(radius * sin);
        }
    }

    /// <summary>Weights per layer.</summary>
    internal int[] Sizes { get; }

    /// <summary>The layers' weights one after another.</summary>
    internal float[] Values { get; }

    /// <summary>A chain of convolutions over the layers.</summary>
    internal Model Model()
    {
        var graph = new Graph("layers");
        var x = graph.Value("x");
        graph.AddInput(x);
        var start = 0;
        for (var i = 0; i < Sizes.Length; i++)
        {
            var w = graph.SetInitializer(FormattableString.Invariant($"w{i}"), Tensor.FromFloats([Sizes[i]], Values.AsSpan(start, Sizes[i])));
            var y = graph.Value(FormattableString.Invariant($"y{i}"));
            graph.AddNode("Conv", [x, w], [y]);
            (x, start) = (y, start + Sizes[i]);
        }

        graph.AddOutput(x);
        return new Model(graph);
    }
}
