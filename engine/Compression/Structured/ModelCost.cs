using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression.Structured;

/// <summary>What one layer costs.</summary>
/// <param name="Name">The node's name, or its weights'.</param>
/// <param name="OpType">Its operator.</param>
/// <param name="Channels">Channels it makes.</param>
/// <param name="Macs">Multiply-adds for one sample.</param>
/// <param name="Parameters">Elements of its constants.</param>
public sealed record LayerCost(string Name, string OpType, long Channels, long Macs, long Parameters);

/// <summary>
/// An estimate of what a model costs: multiply-adds of convolutions and matrix products at batch 1, everything else left out; elements and bytes of all its
/// floating-point constants. FLOPs are twice the multiply-adds.
/// </summary>
/// <param name="Layers">Convolutions and matrix products, in file order.</param>
/// <param name="Parameters">Elements of floating-point constants.</param>
/// <param name="WeightBytes">Their bytes.</param>
public sealed record ModelCost(IReadOnlyList<LayerCost> Layers, long Parameters, long WeightBytes)
{
    /// <summary>Multiply-adds for one sample.</summary>
    public long Macs => Layers.Sum(l => l.Macs);

    /// <summary>Floating-point operations for one sample, a multiply-add being two.</summary>
    public long Flops => 2 * Macs;

    /// <summary>Estimates a model, which stays as it is.</summary>
    /// <param name="model">The model.</param>
    /// <param name="runtime">Finds by running what propagation does not tell of shapes.</param>
    /// <exception cref="AuditException">Invalid: an input whose shape, the batch apart, is not known.</exception>
    public static ModelCost Of(Model model, OrtLibrary runtime)
    {
        var facts = ShapeFacts.Of(model.Graph);
        ShapeProbe.Fill(facts, model, runtime, OneSample(model));
        var floats = model.Graph.Initializers.Select(v => v.Initializer!).Where(t => Prunable.IsFloating(t.Type)).ToArray();
        return new ModelCost([.. model.Graph.Nodes.Select(n => Of(n, facts)).OfType<LayerCost>()], floats.Sum(t => t.Count), floats.Sum(t => (long)t.Data.Length));
    }

    private static Dictionary<string, long[]> OneSample(Model model) => model.Graph.Inputs.Where(i => i.Initializer is null && i.Type?.Shape is { Count: > 0 } shape && shape.Skip(1).All(d => d.Size is not null))
        .ToDictionary(i => i.Name, i => (long[])[i.Type!.Shape![0].Size ?? 1, .. i.Type.Shape.Skip(1).Select(d => d.Size!.Value)], StringComparer.Ordinal);

    private static LayerCost? Of(Node node, ShapeFacts facts)
    {
        if (!(node.Is("Conv") || node.Is("ConvTranspose") || node.Is("Gemm") || node.Is("MatMul"))) return null;
        if (Sizes(node.Input(0)) is not { } x || Sizes(node.Input(1)) is not { } w || Sizes(node.Output(0)) is not { } y || x.Length < 2 || w.Length < 2) return null;
        var macs = node.OpType switch
        {
            "Conv" => Product(y) * Product(w[1..]),
            "ConvTranspose" => Product(x) * Product(w[1..]),
            _ => Product(y) * (node.Int("transA", 0) != 0 ? x[^2] : x[^1]),
        };
        var weights = node.Inputs.OfType<Value>().Select(Constants.Resolve).OfType<Tensor>().Sum(t => t.Count);
        return new LayerCost(node.Name.Length > 0 ? node.Name : node.Input(1)!.Name, node.OpType, node.OpType is "Conv" or "ConvTranspose" ? y[1] : y[^1], macs, weights);

        long[]? Sizes(Value? value) => value is not null && facts.TypeOf(value)?.Shape is { } shape && shape.All(d => d.Size is not null) ? [.. shape.Select(d => d.Size!.Value)] : null;
    }

    private static long Product(ReadOnlySpan<long> sizes) => Tensor.CountOf(sizes);
}
