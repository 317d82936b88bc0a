using OnnxAudit.Graphs;
using OnnxAudit.Kernels;

namespace OnnxAudit.Compression;

/// <summary>A Gemm over rows, or a convolution, whose weight and bias are float32 initializers that nothing else uses.</summary>
internal sealed record WidthLayer(Node Node, Value Weight, Value? Bias, int Inputs, int Outputs)
{
    private bool OutputsFirst => Node.Is("Conv") || Node.Int("transB", 0) == 1;

    /// <summary>The layer, or null.</summary>
    internal static WidthLayer? Of(Node node)
    {
        var isGemm = node.Is("Gemm") && node.Int("transA", 0) == 0;
        if (!(isGemm || (node.Is("Conv") && node.Int("group", 1) == 1)) || Own(node.Input(1)) is not { } weight) return null;
        var rank = weight.Initializer!.Rank;
        if (isGemm ? rank != 2 : rank < 3) return null;
        if (node.Input(2) is { } bias && (Own(bias) is null || bias.Initializer!.Rank != 1)) return null;
        var (a, b) = ((int)weight.Initializer.Dims[0], (int)weight.Initializer.Dims[1]);
        return !isGemm || node.Int("transB", 0) == 1 ? new(node, weight, node.Input(2), b, a) : new(node, weight, node.Input(2), a, b);
    }

    /// <summary>The value, when it is such an initializer.</summary>
    internal static Value? Own(Value? value) => value is { Initializer.Type: ElementType.Float, Uses.Count: 1, IsInput: false, IsOutput: false } ? value : null;

    /// <summary>Gives the layer new weights of other sizes: U(±1/√fan-in) by the seed and the weight's name, biases 0.</summary>
    internal void Resize(int inputs, int outputs, ulong seed)
    {
        var space = Weight.Initializer!.Dims[2..].ToArray();
        var fanIn = inputs * Tensor.CountOf(space);
        var (graph, bound, draws) = (Node.Graph, 1 / Math.Sqrt(fanIn), Philox.For(seed, $"width {Weight.Name}"));
        var values = new float[outputs * fanIn];
        for (var i = 0; i < values.Length; i++) values[i] = (float)(bound * (2 * Philox.ToUnit(draws.Words((ulong)i, 0).A) - 1));
        graph.SetInitializer(Weight.Name, Tensor.FromFloats([.. OutputsFirst ? new long[] { outputs, inputs } : [inputs, outputs], .. space], values));
        if (Bias is not null) graph.SetInitializer(Bias.Name, Tensor.FromFloats([outputs], new float[outputs]));
    }
}
