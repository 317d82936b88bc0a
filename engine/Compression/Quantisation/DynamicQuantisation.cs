using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>
/// Layers whose inputs are coded while running: DynamicQuantizeLinear gives x as uint8 over the range of the whole batch, ConvInteger or MatMulInteger sums products of codes in
/// int32, and the sum is cast and multiplied by the scales of x and w; then the bias is added in float32. Gemm's alpha goes into the weight, beta into the bias.
/// </summary>
internal sealed class DynamicQuantisation
{
    private readonly Graph _graph;
    private readonly WeightCodeRequest _request;
    private readonly Dictionary<Value, Value[]> _inputs = [];
    private readonly Dictionary<(Value, int, bool, float), Value[]> _weights = [];
    private readonly List<CodedLayer> _coded = [];
    private int _at;

    private DynamicQuantisation(Graph graph, WeightCodeRequest request) => (_graph, _request) = (graph, request);

    /// <summary>Changes the graph and says what became of each weight; layers that have no integer form stay and are named in the notes.</summary>
    /// <exception cref="AuditException">Usage: codes that ONNX Runtime's integer convolution does not take. Invalid: no layer has an integer form.</exception>
    public static IReadOnlyList<CodedLayer> Apply(Model model, IReadOnlyList<QuantisableLayer> layers, WeightCodeRequest request, List<string> notes)
    {
        if (request.AsymmetricWeights) IntegerWeights.RequireOneZeroPoint(model, layers, request.PerTensor);
        var left = layers.Where(l => l.Node.Int("transA", 0) == 0).ToArray();
        if (left.Length == 0) throw LayerChoice.NothingLeft(model, 0);
        if (left.Length < layers.Count) notes.Add(FormattableString.Invariant($"{layers.Count - left.Length} Gemm with transA stay float32."));
        var quantisation = new DynamicQuantisation(model.Graph, request);
        foreach (var layer in left) quantisation.Replace(layer);
        return quantisation._coded;
    }

    private void Replace(QuantisableLayer layer)
    {
        var node = layer.Node;
        _at = 0;
        while (_graph.Nodes[_at] != node) _at++;
        var weight = Weight(layer);
        var (input, output) = (Coded(node.Input(0)!), node.Output(0)!);
        var product = Make(node.Is("Conv") ? "ConvInteger" : "MatMulInteger", [input[0], weight[0], input[2], weight[2]], $"{output.Name}_integer", ElementType.Int32);
        product.Producer!.Name = node.Name;
        if (node.Is("Conv"))
            foreach (var attribute in node.Attributes) product.Producer!.Set(attribute);
        var sums = Make("Cast", [product], $"{output.Name}_sums", ElementType.Float, NodeAttribute.Of("to", (long)ElementType.Float));
        var scales = Make("Mul", [input[1], weight[1]], $"{output.Name}_scales", ElementType.Float);
        var bias = Bias(layer);
        _graph.Remove(node);
        if (bias is null) Finish("Mul", [sums, scales], output);
        else Finish("Add", [Make("Mul", [sums, scales], $"{output.Name}_product", ElementType.Float), bias], output);
    }

    // Codes, scale and zero point; a weight that several layers read in the same way is stored once.
    private Value[] Weight(QuantisableLayer layer)
    {
        var source = layer.Node.Input(1)!;
        var key = (source, layer.Axis, layer.Node.Is("Conv"), layer.Node.Float("alpha", 1));
        if (_weights.TryGetValue(key, out var known)) return known;
        var (dims, values) = Matrix(layer);
        var inner = layer.Node.Is("Conv") ? (int)Tensor.CountOf(dims.AsSpan(1)) : 1;
        var weight = IntegerWeights.Of(values, layer.Channels, inner, _request.PerTensor, _request.AsymmetricWeights, _request.WeightBits);
        _coded.Add(CodedLayer.Of(layer.Name, source.Name, values, weight.Decoded(inner), _request.WeightBits));
        // One number where all are equal: ConvInteger takes no list.
        var zero = weight.ZeroPoints.Distinct().Count() == 1 ? Tensor.From<byte>(ElementType.UInt8, [], [weight.ZeroPoints[0]])
            : Tensor.From<byte>(ElementType.UInt8, [weight.ZeroPoints.Length], weight.ZeroPoints);
        return _weights[key] =
        [
            New($"{source.Name}_quantized", Tensor.From<byte>(ElementType.UInt8, dims, weight.Codes)),
            New($"{source.Name}_scale", Tensor.FromFloats(_request.PerTensor ? [] : Across(layer), weight.Scales)),
            New($"{source.Name}_zero_point", zero),
        ];
    }

    // The shape of one number per output channel that broadcasts over the layer's output.
    private static long[] Across(QuantisableLayer layer) =>
        layer.Node.Is("Conv") ? [layer.Channels, .. Enumerable.Repeat(1L, layer.Weight.Rank - 2)] : [layer.Channels];

    // Conv [K,C,…] as it is; a matrix as [in,out] with alpha in it.
    private static (long[] Dims, float[] Values) Matrix(QuantisableLayer layer)
    {
        var (dims, values) = (layer.Weight.Dims.ToArray(), layer.Weight.ToFloats());
        if (layer.Node.Is("Gemm") && layer.Node.Float("alpha", 1) is not 1 and var alpha) System.Numerics.Tensors.TensorPrimitives.Multiply(values, alpha, values);
        if (layer.Node.Is("Conv") || layer.Axis == 1) return (dims, values);
        var (rows, columns) = ((int)dims[0], (int)dims[1]);
        var turned = new float[values.Length];
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < columns; c++) turned[c * rows + r] = values[r * columns + c];
        return ([columns, rows], turned);
    }

    private Value? Bias(QuantisableLayer layer)
    {
        var across = Across(layer);
        if (layer.Node.Is("MatMul") || layer.Node.Input(2) is not { } given) return null;
        var beta = layer.Node.Float("beta", 1);
        if (Constants.Resolve(given) is { Type: ElementType.Float } tensor)
        {
            var values = tensor.ToFloats();
            if (layer.Node.Is("Gemm")) System.Numerics.Tensors.TensorPrimitives.Multiply(values, beta, values);
            return New($"{given.Name}_added", Tensor.FromFloats(layer.Node.Is("Conv") ? across : tensor.Dims, values));
        }

        if (layer.Node.Is("Conv"))
        {
            var shape = New($"{given.Name}_across", Tensor.From<long>(ElementType.Int64, [across.Length], across));
            return Make("Reshape", [given, shape], $"{given.Name}_added", ElementType.Float);
        }

        return beta == 1 ? given : Make("Mul", [given, New($"{given.Name}_beta", Tensor.FromFloats([], [beta]))], $"{given.Name}_added", ElementType.Float);
    }

    // What several layers read is coded once.
    private Value[] Coded(Value input)
    {
        if (_inputs.TryGetValue(input, out var coded)) return coded;
        coded = [_graph.NewValue($"{input.Name}_quantized"), _graph.NewValue($"{input.Name}_scale"), _graph.NewValue($"{input.Name}_zero_point")];
        (coded[0].Type, coded[1].Type, coded[2].Type) =
            (new TensorType(ElementType.UInt8, input.Type?.Shape), new TensorType(ElementType.Float, []), new TensorType(ElementType.UInt8, []));
        _graph.AddNode("DynamicQuantizeLinear", [input], [.. coded], coded[0].Name, at: _at++);
        return _inputs[input] = coded;
    }

    private Value New(string stem, Tensor tensor) => _graph.SetInitializer(_graph.NewValue(stem).Name, tensor);

    private Value Make(string opType, ReadOnlySpan<Value?> inputs, string stem, ElementType type, params ReadOnlySpan<NodeAttribute> attributes)
    {
        var made = _graph.NewValue(stem);
        made.Type = new TensorType(type, null);
        var node = _graph.AddNode(opType, inputs, [made], made.Name, at: _at++);
        foreach (var attribute in attributes) node.Set(attribute);
        return made;
    }

    private void Finish(string opType, ReadOnlySpan<Value?> inputs, Value output) => _graph.AddNode(opType, inputs, [output], $"{output.Name}_float", at: _at);
}
