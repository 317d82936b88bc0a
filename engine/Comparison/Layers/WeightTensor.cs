using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Comparison.Layers;

/// <summary>The weight of a layer in one model: of Conv, ConvTranspose, Gemm, MatMul and their quantised forms.</summary>
/// <param name="Name">Name of the initializer it is made from.</param>
/// <param name="Node">The layer.</param>
/// <param name="Source">The value that the layer multiplies by.</param>
/// <param name="OutputsFirst">True for a linear weight [out,in], Gemm with transB; false for [in,out] and for all others.</param>
internal sealed record WeightTensor(string Name, Node Node, Value Source, bool OutputsFirst)
{
    private const int DeepestChain = 64;

    /// <summary>Operators that quantise inside: the weight's input, then scale and zero point.</summary>
    private static readonly string[] Quantised = ["QLinearConv", "QLinearMatMul", "QGemm"];

    /// <summary>Name of the layer for people: its own, or that of its first output.</summary>
    public string Layer => Node.Name.Length > 0 ? Node.Name : Node.Output(0)?.Name ?? Name;

    /// <summary>The weights in node order, one shared by several layers once. Layers whose weight the model computes from its input are no weights.</summary>
    public static IReadOnlyList<WeightTensor> Find(Model model)
    {
        var found = new List<WeightTensor>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in model.Graph.Nodes)
            foreach (var at in Places(node))
                if (node.Input(at) is { } value && Origin(value) is { } origin && seen.Add(origin.Name))
                {
                    found.Add(new WeightTensor(origin.Name, node, value, OutputsAreFirst(node)));
                    break;
                }

        return found;
    }

    /// <summary>The weight as the layer uses it, dequantised and masked where the graph does that; null when it is no constant of numbers.</summary>
    public Tensor? Resolve()
    {
        if (IntegerProduct.IsProduct(Node)) return IntegerProduct.WeightOf(Node);
        var tensor = Constants.Resolve(Source);
        if (tensor is not null && Quantised.Contains(Node.OpType))
            tensor = Constants.Resolve(Node.Input(4)) is { } scale ? Dequantisation.Apply(tensor, scale, Constants.Resolve(Node.Input(5)), ChannelAxis(tensor)) : null;
        return tensor is not null && Resolution.IsReal(tensor.Type) ? tensor : null;
    }

    private long ChannelAxis(Tensor tensor) => Node.OpType == "QLinearConv" || (Node.OpType == "QGemm" && OutputsFirst) ? 0 : tensor.Rank - 1;

    private static int[] Places(Node node) => Quantised.Contains(node.OpType) ? [3]
        : node.Is("Conv") || node.Is("ConvTranspose") || IntegerProduct.IsProduct(node) ? [1]
        : node.Is("Gemm") || node.Is("MatMul") ? [1, 0] : [];

    private static bool OutputsAreFirst(Node node) => node.OpType is "Gemm" or "QGemm" && node.Int("transB", 0) == 1;

    private static Value? Origin(Value value)
    {
        for (var steps = 0; steps < DeepestChain && value.Initializer is null && value.Producer is { } maker && Keeps(maker) && Kept(maker) is { } before; steps++) value = before;
        return value.Initializer is { Count: > 1 } ? value : null;
    }

    private static bool Keeps(Node node) => node.OpType is "DequantizeLinear" or "QuantizeLinear" || node.Is("Identity") || node.Is("Transpose") || node.Is("Cast") || node.Is("Mul") || node.Is("Reshape")
        || (node.Is("Gather") && Constants.Resolve(node.Input(0)) is { Rank: 1 });

    // A codebook's indices are the weight, the codebook is not.
    private static Value? Kept(Node node) => node.Input(node.Is("Gather") ? 1 : 0);
}

/// <summary>How two tensors were taken for the same.</summary>
public enum MatchedBy
{
    /// <summary>The initializers have one name.</summary>
    Name,

    /// <summary>The layers' nodes have one name.</summary>
    Node,

    /// <summary>Neither: the next left over of the same operator and shape, in node order.</summary>
    Position,
}

/// <summary>Weights of two models taken for the same.</summary>
internal sealed record WeightPair(WeightTensor First, WeightTensor Second, MatchedBy Matched)
{
    /// <summary>Matches by name, then by node, then by place among the rest of the same operator and shape; pairs in the order of the first model.</summary>
    public static (IReadOnlyList<WeightPair> Pairs, IReadOnlyList<WeightTensor> OnlyFirst, IReadOnlyList<WeightTensor> OnlySecond) Match(Model first, Model second)
    {
        var (left, right) = (WeightTensor.Find(first).ToList(), WeightTensor.Find(second).ToList());
        var order = left.ToArray();
        var pairs = new List<WeightPair>();
        Take(MatchedBy.Name, (a, b) => a.Name == b.Name);
        Take(MatchedBy.Node, (a, b) => a.Node.Name.Length > 0 && a.Node.Name == b.Node.Name);
        Take(MatchedBy.Position, (a, b) => a.Node.OpType == b.Node.OpType && Shape(a) is { } x && Shape(b) is { } y && x.SequenceEqual(y));
        return ([.. pairs.OrderBy(p => Array.IndexOf(order, p.First))], left, right);

        void Take(MatchedBy by, Func<WeightTensor, WeightTensor, bool> same)
        {
            foreach (var a in left.ToArray())
                if (right.FirstOrDefault(b => same(a, b)) is { } b)
                {
                    pairs.Add(new WeightPair(a, b, by));
                    left.Remove(a);
                    right.Remove(b);
                }
        }
    }

    // The initializer's own: enough to tell layers apart, and nothing is dequantised for it.
    private static long[]? Shape(WeightTensor weight) => Constants.Source(weight.Source)?.Initializer?.Dims.ToArray() ?? weight.Resolve()?.Dims.ToArray();
}
