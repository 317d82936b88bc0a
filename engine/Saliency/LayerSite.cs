using OnnxAudit.Gradients;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Saliency;

/// <summary>Where a layer stands in a graph: what it consumes, what it makes, and how its weights look.</summary>
/// <param name="Node">Conv, Gemm or MatMul.</param>
/// <param name="Kind">Convolution or linear.</param>
/// <param name="Weight">Name of the initializer behind the weight, or of the weight value.</param>
/// <param name="Input">Its input X.</param>
/// <param name="Output">Its output Y; for a linear layer with a bias added behind, still the product's.</param>
/// <param name="Dims">Shape of the weight as the node sees it.</param>
/// <param name="Filters">Output channels or rows, K.</param>
/// <param name="Factor">What the gradient with respect to a weight is multiplied by: a Gemm's alpha, else 1.</param>
internal sealed record LayerSite(Node Node, FilterKind Kind, string Weight, Value Input, Value Output, long[] Dims, int Filters, float Factor)
{
    /// <summary>Weights in one filter.</summary>
    internal long Weights => Dims.Aggregate(1L, (a, b) => a * b) / Filters;

    /// <summary>The convolutions, and by option the linear layers, in node order. A weight used twice is two layers: each use has gradients of its own.</summary>
    /// <exception cref="AuditException">Invalid: the model has none.</exception>
    internal static IReadOnlyList<LayerSite> Find(Emitter emit, string source, SaliencyOptions options, Node? classifier)
    {
        var sites = emit.Graph.Nodes.Select(node => Of(emit, node, options)).OfType<LayerSite>()
            .Where(site => !(options.ExcludeClassifier && site.Node == classifier)).ToArray();
        if (sites.Length > 0) return sites;
        throw new AuditException(AuditCode.Invalid, source, "no convolution with constant weights", "at least one layer with filters",
            options.IncludeLinear ? "Filter saliency is for convolutional and linear layers." : "Take linear layers too with --include-linear.");
    }

    private static LayerSite? Of(Emitter emit, Node node, SaliencyOptions options)
    {
        if (node.Is("Conv") && WeightDims(emit, node.Input(1)) is { Length: >= 3 } conv)
            return new LayerSite(node, FilterKind.Convolution, NameOf(node.Input(1)!), node.Inputs[0]!, node.Outputs[0]!, conv, (int)conv[0], 1);
        if (!options.IncludeLinear || !(node.Is("Gemm") || node.Is("MatMul")) || WeightDims(emit, node.Input(1)) is not { Length: 2 } dims) return null;
        if (node.Int("transA", 0) != 0) return null;
        var filters = (int)dims[node.Int("transB", 0) == 1 ? 0 : 1];
        return new LayerSite(node, FilterKind.Linear, NameOf(node.Input(1)!), node.Inputs[0]!, node.Outputs[0]!, dims, filters, node.Is("Gemm") ? node.Float("alpha", 1) : 1);
    }

    private static long[]? WeightDims(Emitter emit, Value? weight)
    {
        if (weight is null || Behind(weight).Initializer is null) return null;
        return emit.Shapes.TypeOf(weight)?.Shape is { } shape && shape.All(d => d.Size is not null) ? [.. shape.Select(d => d.Size!.Value)] : null;
    }

    private static string NameOf(Value weight) => Behind(weight).Name;

    // Quantise/dequantise pairs, casts and masks keep a weight's shape and elements in place.
    private static Value Behind(Value weight)
    {
        while (weight.Initializer is null && weight.Producer is { } maker && maker.Input(0) is { } before
            && (maker.OpType is "Identity" or "QuantizeLinear" or "DequantizeLinear" or "Cast" || (maker.Is("Mul") && Constants.Resolve(maker.Input(1)) is not null)))
            weight = before;
        return weight;
    }
}
