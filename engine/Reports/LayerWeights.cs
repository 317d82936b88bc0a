using OnnxAudit.Compression;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Reports;

/// <summary>A weight of a layer, as stored.</summary>
/// <param name="Node">Name of the node that computes with it, or of its first output when it has none.</param>
/// <param name="OpType">Its operator.</param>
/// <param name="Tensor">Name of the initializer.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Shape.</param>
/// <param name="Count">Elements.</param>
/// <param name="Zeros">Elements that stand for 0 (an integer equal to its zero point, an index of a 0 in a codebook); null where zero points differ by channel.</param>
public sealed record LayerWeight(string Node, string OpType, string Tensor, ElementType Type, IReadOnlyList<long> Shape, long Count, long? Zeros)
{
    /// <summary>Zeros / Count; NaN when unknown or empty.</summary>
    public double Sparsity => Zeros is { } zeros && Count > 0 ? (double)zeros / Count : double.NaN;
}

/// <summary>Finds the weights of convolutions and linear maps, plain and quantised.</summary>
internal static class LayerWeights
{
    /// <summary>Layout changes followed between a weight and its node.</summary>
    private const int DeepestChain = 64;

    /// <summary>Operators that quantise inside: input that is the weight, input that is its zero point.</summary>
    private static readonly Dictionary<string, (int Weight, int ZeroPoint)> Quantised = new(StringComparer.Ordinal)
    {
        ["QLinearConv"] = (3, 5),
        ["QLinearMatMul"] = (3, 5),
        ["QGemm"] = (3, 5),
        ["ConvInteger"] = (1, 3),
        ["MatMulInteger"] = (1, 3),
    };

    /// <summary>The weights in node order, an initializer shared by several nodes once.</summary>
    public static IReadOnlyList<LayerWeight> Of(Model model)
    {
        var weights = new List<LayerWeight>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in model.Graph.Nodes)
            foreach (var (value, zeroPoint, palette) in Candidates(node))
                if (Constants.Source(value) is { Initializer: { } tensor } source && seen.Add(source.Name))
                    weights.Add(new LayerWeight(node.Name.Length > 0 ? node.Name : node.Output(0)?.Name ?? "", node.OpType, source.Name, tensor.Type, tensor.Dims.ToArray(),
                        tensor.Count, palette is null ? ZerosOf(tensor, zeroPoint) : Indexed(tensor, palette)));
        return weights;
    }

    private static IEnumerable<(Value? Weight, Value? ZeroPoint, Tensor? Palette)> Candidates(Node node)
    {
        if (Quantised.TryGetValue(node.OpType, out var at)) return [(node.Input(at.Weight), node.Input(at.ZeroPoint), null)];
        if (!(node.Is("Conv") || node.Is("ConvTranspose") || node.Is("Gemm") || node.Is("MatMul"))) return [];
        return node.Inputs.Take(2).Select(Unquantised);
    }

    private static (Value? Weight, Value? ZeroPoint, Tensor? Palette) Unquantised(Value? value)
    {
        value = BehindLayout(value);
        if (value?.Producer is not { } node) return (value, null, null);
        if (node.Is("DequantizeLinear")) return (node.Input(0), node.Input(2), null);
        return node.Is("Gather") && Constants.Resolve(node.Input(0)) is { Rank: 1 } palette ? (BehindLayout(node.Input(1)), null, palette) : (value, null, null);
    }

    private static Value? BehindLayout(Value? value)
    {
        for (var steps = 0; steps < DeepestChain && value?.Producer is { } made && IsLayout(made); steps++) value = made.Input(0);
        return value;
    }

    private static bool IsLayout(Node node) => node.Is("Identity") || node.Is("Transpose") || node.Is("Reshape") || node.Is("Cast");

    private static long? Indexed(Tensor indices, Tensor palette)
    {
        if (indices.Type != ElementType.UInt8) return null;
        var entries = palette.ToFloats();
        var zeros = 0L;
        foreach (var index in indices.Data.Span)
            if (index < entries.Length && entries[index] == 0) zeros++;
        return zeros;
    }

    private static long? ZerosOf(Tensor tensor, Value? zeroPoint)
    {
        if (Prunable.IsFloating(tensor.Type)) return Compression.Zeros.Of(tensor);
        if (tensor.Type is not (ElementType.Int8 or ElementType.UInt8)) return null;
        var points = Constants.Resolve(zeroPoint) is { } p && p.Type.Bits() == 8 ? p.Data.Span : [0];
        foreach (var point in points)
            if (point != points[0]) return null;
        return points.IsEmpty ? null : MemoryExtensions.Count(tensor.Data.Span, points[0]);
    }
}
