using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression;

/// <summary>A convolution that took the batch normalisation behind it into its weights.</summary>
/// <param name="Node">The convolution.</param>
/// <param name="Weight">Name of its weight initializer, now γ/√(v+ε) times what it was, filter by filter.</param>
/// <param name="Factors">γ/√(v+ε), [K]. A gradient with respect to the former weights is this factor times that with respect to the new ones.</param>
public sealed record FoldedConvolution(Node Node, string Weight, float[] Factors);

/// <summary>
/// Folds inference batch normalisation into the convolution before it: W' = W·γ/√(v+ε), b' = (b − m)·γ/√(v+ε) + β. The function stays the same up to
/// rounding and two passes over the activations are saved. Cases: a Conv whose output only the BatchNormalization uses and whose weight no one else does,
/// every parameter a constant. Anything else is left as it is.
/// </summary>
public static class BatchNormFolding
{
    /// <summary>Folds what can be folded, changing the model, and says what was.</summary>
    public static IReadOnlyList<FoldedConvolution> Fold(Model model)
    {
        var folded = new List<FoldedConvolution>();
        foreach (var norm in model.Graph.Nodes.Where(n => n.Is("BatchNormalization")).ToArray())
            if (Convolution(norm) is { } conv && Parameters(norm) is { } parameters) folded.Add(Fold(model.Graph, conv, norm, parameters));
        return folded;
    }

    private static Node? Convolution(Node norm)
    {
        var between = norm.Input(0);
        if (between is not { IsOutput: false, Uses.Count: 1, Producer: { } conv } || !conv.Is("Conv") || norm.Int("training_mode", 0) != 0) return null;
        if (norm.Outputs.Skip(1).Any(o => o is not null)) return null;
        if (conv.Input(1) is not { Initializer: { Type: ElementType.Float }, Uses.Count: 1, IsInput: false, IsOutput: false }) return null;
        return conv.Input(2) is { } bias && FloatsOf(bias) is null ? null : conv;
    }

    private static float[][]? Parameters(Node norm)
    {
        var values = norm.Inputs.Skip(1).Select(v => v is null ? null : FloatsOf(v)).ToArray();
        return values.Length == 4 && values.All(v => v is not null) ? [.. values.Select(v => v!)] : null;
    }

    private static float[]? FloatsOf(Value value) => Constants.Resolve(value) is { Type: ElementType.Float } tensor ? tensor.ToFloats() : null;

    private static FoldedConvolution Fold(Graph graph, Node conv, Node norm, float[][] parameters)
    {
        var (gamma, beta, mean, variance) = (parameters[0], parameters[1], parameters[2], parameters[3]);
        var weight = conv.Input(1)!;
        var tensor = weight.Initializer!;
        var w = tensor.ToFloats().AsSpan().ToArray();
        var filters = (int)tensor.Dims[0];
        var old = conv.Input(2) is { } given ? FloatsOf(given)! : new float[filters];
        var (factors, bias) = (new float[filters], new float[filters]);
        var size = w.Length / filters;
        double epsilon = norm.Float("epsilon", 1e-5f);
        for (var k = 0; k < filters; k++)
        {
            var factor = gamma[k] / Math.Sqrt(variance[k] + epsilon);
            factors[k] = (float)factor;
            bias[k] = (float)((old[k] - mean[k]) * factor + beta[k]);
            foreach (ref var element in w.AsSpan(k * size, size)) element = (float)(element * factor);
        }

        graph.SetInitializer(weight.Name, Tensor.FromFloats(tensor.Dims, w));
        conv.SetInput(2, graph.SetInitializer(graph.NewValue($"{weight.Name}/folded_bias").Name, Tensor.FromFloats([filters], bias)));
        var (between, output) = (conv.Outputs[0]!, norm.Outputs[0]!);
        graph.Remove(norm);
        conv.SetOutput(0, output);
        graph.Forget(between);
        return new FoldedConvolution(conv, weight.Name, factors);
    }
}
