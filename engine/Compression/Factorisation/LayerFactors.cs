using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Factorisation;

/// <summary>
/// Puts two layers in the place of one. A convolution K×C×R×S becomes r×C×R×S, with its strides, padding and dilation and without bias, and 1×1 from r to K with the bias; a product
/// by [in,out] becomes one by [in,r] and one by [r,out], Gemm's alpha, beta and bias with the second. The second node keeps name and output.
/// </summary>
internal sealed class LayerFactors
{
    private readonly Graph _graph;
    private readonly Dictionary<(Value, bool, int), (Value First, Value Second)> _stored = [];

    /// <summary>For the layers of a graph.</summary>
    public LayerFactors(Graph graph) => _graph = graph;

    /// <summary>Rows and columns of the layer's weight as a matrix: [K, C·R·S], or as stored.</summary>
    public static (int Rows, int Columns) SidesOf(QuantisableLayer layer) =>
        ((int)layer.Weight.Dims[0], (int)Tensor.CountOf(layer.Weight.Dims[1..]));

    /// <summary>Replaces a layer by <paramref name="factors"/> of its weight as a matrix. Layers that share a weight share its factors.</summary>
    public void Replace(QuantisableLayer layer, LowRank factors)
    {
        var node = layer.Node;
        var (first, second) = Stored(layer, factors);
        var (at, input, output) = (0, node.Input(0)!, node.Output(0)!);
        while (_graph.Nodes[at] != node) at++;
        var between = _graph.NewValue($"{output.Name}_factor");
        between.Type = new TensorType(ElementType.Float, null);
        var made = _graph.AddNode(node.OpType, [input, first], [between], node.Name.Length > 0 ? $"{node.Name}_factor" : "", node.Domain, at);
        var bias = node.Input(2);
        NodeAttribute[] attributes = [.. node.Attributes];
        _graph.Remove(node);
        var last = _graph.AddNode(made.OpType, bias is null ? [between, second] : [between, second, bias], [output], node.Name, node.Domain, at + 1);
        if (made.Is("Conv"))
        {
            foreach (var attribute in attributes) made.Set(attribute);
            last.Set(NodeAttribute.Of("kernel_shape", [.. Enumerable.Repeat(1L, layer.Weight.Rank - 2)]));
        }
        else
        {
            foreach (var attribute in attributes) (attribute.Name == "transA" ? made : last).Set(attribute);
            if (last.Attribute("transB") is { } transposed) made.Set(transposed);
        }
    }

    // The factor that is applied first is the right one where rows are outputs, the left one where they are inputs.
    private (Value First, Value Second) Stored(QuantisableLayer layer, LowRank factors)
    {
        var source = layer.Node.Input(1)!;
        var key = (source, layer.Node.Is("Conv"), layer.Axis);
        if (_stored.TryGetValue(key, out var known)) return known;
        var (rows, columns) = SidesOf(layer);
        long[] left = [rows, factors.Rank], right = [factors.Rank, columns];
        if (layer.Node.Is("Conv"))
        {
            left = [rows, factors.Rank, .. Enumerable.Repeat(1L, layer.Weight.Rank - 2)];
            right = [factors.Rank, .. layer.Weight.Dims[1..]];
        }

        var (l, r) = (Tensor.FromFloats(left, factors.Left), Tensor.FromFloats(right, factors.Right));
        return _stored[key] = (New($"{source.Name}_first", layer.Axis == 0 ? r : l), New($"{source.Name}_second", layer.Axis == 0 ? l : r));
    }

    private Value New(string stem, Tensor tensor) => _graph.SetInitializer(_graph.NewValue(stem).Name, tensor);
}
