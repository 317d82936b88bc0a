using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>
/// Writes a plan into its graph in QDQ form: QuantizeLinear and DequantizeLinear behind every activation of the plan, int8 weights and int32 biases behind
/// DequantizeLinear. A bias has the scale of its input times that of its weight, as integer kernels add it.
/// </summary>
internal static class QdqInsertion
{
    // Biases stay below 2^30 steps, with room for the products that are added to them.
    private const double LargestBias = 1 << 30;

    /// <summary>Changes the graph. codes: of each activation of the plan; signed: activations are int8.</summary>
    public static void Apply(Graph graph, QuantisationPlan plan, IReadOnlyDictionary<Value, AffineCode> codes, QuantisationRequest request)
    {
        foreach (var layer in plan.Layers) Layer(graph, layer, codes[layer.Node.Input(0)!], request);
        foreach (var (value, _) in plan.Activations) Activation(graph, value, codes[value], plan.Excluded, request.SymmetricActivations);
        GraphTrim.Trim(graph);
    }

    /// <summary>Scales of a weight, one per output channel or one for all, wide enough for the bias; and its codes.</summary>
    public static (float[] Scales, sbyte[] Codes) Weight(ReadOnlySpan<float> weight, int channels, int inner, float[]? bias, float inputScale, bool perTensor, int levels)
    {
        var largest = new double[channels];
        for (var i = 0; i < weight.Length; i++)
        {
            ref var most = ref largest[i / inner % channels];
            most = Math.Max(most, Math.Abs(weight[i]));
        }

        var scales = new float[channels];
        for (var c = 0; c < channels; c++)
        {
            // A filter of zeros would have a scale of its own choice; with the bias it must be fine enough for that, never too fine.
            var least = bias is null ? 0 : LeastScale(bias[c], inputScale);
            var range = Math.Max(largest[c], least * levels);
            scales[c] = AffineCode.Symmetric(-range, range, levels).Scale;
        }

        if (perTensor) Array.Fill(scales, scales.Where((_, c) => largest[c] > 0 || bias is { } b && b[c] != 0).DefaultIfEmpty(1).Max());
        var codes = new sbyte[weight.Length];
        for (var i = 0; i < codes.Length; i++) codes[i] = (sbyte)new AffineCode(scales[i / inner % channels], 0, -levels, levels).Quantise(weight[i]);
        return (perTensor ? [scales[0]] : scales, codes);
    }

    private static void Layer(Graph graph, QuantisableLayer layer, AffineCode input, QuantisationRequest request)
    {
        var (weight, bias) = (layer.Weight, layer.Bias);
        var inner = (int)Tensor.CountOf(weight.Dims[(layer.Axis + 1)..]);
        long[] dims = request.PerTensor ? [] : [layer.Channels];
        var (scales, codes, zeros) = Coded(layer, inner, input.Scale, dims, request);
        layer.Node.SetInput(1, Dequantised(graph, layer, layer.WeightName, codes, scales, dims, zeros, layer.Axis));
        if (bias is null) return;
        float[] steps = [.. scales.Select(s => s * input.Scale)];
        var whole = bias.Select((b, c) => (int)Math.Clamp(Math.Round((double)b / steps[request.PerTensor ? 0 : c], MidpointRounding.ToEven), int.MinValue, int.MaxValue)).ToArray();
        layer.Node.SetInput(2, Dequantised(graph, layer, layer.Node.Input(2)!.Name, Tensor.From<int>(ElementType.Int32, [bias.Length], whole), steps, dims, null, 0));
    }

    private static (float[] Scales, Tensor Codes, Tensor Zeros) Coded(QuantisableLayer layer, int inner, float inputScale, long[] dims, QuantisationRequest request)
    {
        var (weight, bias, bits) = (layer.Weight, layer.Bias, request.WeightBits);
        if (request.AsymmetricWeights)
        {
            double[] least = bias is null ? [] : [.. bias.Select(b => LeastScale(b, inputScale))];
            var unsigned = IntegerWeights.Of(weight.ToFloats(), layer.Channels, inner, request.PerTensor, asymmetric: true, bits, least);
            return (unsigned.Scales, Tensor.From<byte>(ElementType.UInt8, weight.Dims, unsigned.Codes), Tensor.From<byte>(ElementType.UInt8, dims, unsigned.ZeroPoints));
        }

        var (scales, codes) = Weight(weight.ToFloats(), layer.Channels, inner, bias, inputScale, request.PerTensor, (1 << (bits - 1)) - 1);
        return (scales, Tensor.From<sbyte>(ElementType.Int8, weight.Dims, codes), Tensor.From<sbyte>(ElementType.Int8, dims, new sbyte[scales.Length]));
    }

    private static double LeastScale(float bias, float inputScale) => Math.Abs(bias) / (inputScale * LargestBias);

    private static Value Dequantised(Graph graph, QuantisableLayer layer, string name, Tensor codes, float[] scales, long[] dims, Tensor? zeros, int axis)
    {
        var inputs = new List<Value> { New(graph, $"{name}_quantized", codes), New(graph, $"{name}_scale", Tensor.FromFloats(dims, scales)) };
        if (zeros is not null) inputs.Add(New(graph, $"{name}_zero_point", zeros));
        var output = graph.NewValue($"{name}_dequantized");
        output.Type = new TensorType(ElementType.Float, [.. codes.Dims.ToArray().Select(d => (Dim)d)]);
        var node = graph.AddNode("DequantizeLinear", [.. inputs], [output], output.Name, at: At(graph, layer.Node));
        if (dims.Length > 0) node.Set(NodeAttribute.Of("axis", (long)axis));
        return output;
    }

    private static void Activation(Graph graph, Value value, AffineCode code, IReadOnlySet<Node> excluded, bool signed)
    {
        var uses = value.Uses.Where(u => u.Node.Graph == graph && !excluded.Contains(u.Node)).ToArray();
        var scale = New(graph, $"{value.Name}_scale", Tensor.FromFloats([], [code.Scale]));
        var zero = New(graph, $"{value.Name}_zero_point",
            signed ? Tensor.From<sbyte>(ElementType.Int8, [], [(sbyte)code.ZeroPoint]) : Tensor.From<byte>(ElementType.UInt8, [], [(byte)code.ZeroPoint]));
        var (narrow, wide) = (graph.NewValue($"{value.Name}_quantized"), graph.NewValue($"{value.Name}_dequantized"));
        (narrow.Type, wide.Type) = (new TensorType(signed ? ElementType.Int8 : ElementType.UInt8, value.Type?.Shape), new TensorType(ElementType.Float, value.Type?.Shape));
        var at = value.Producer is { } maker ? At(graph, maker) + 1 : 0;
        graph.AddNode("QuantizeLinear", [value, scale, zero], [narrow], narrow.Name, at: at);
        graph.AddNode("DequantizeLinear", [narrow, scale, zero], [wide], wide.Name, at: at + 1);
        foreach (var use in uses) use.Node.SetInput(use.Index, wide);
    }

    private static Value New(Graph graph, string stem, Tensor tensor) => graph.SetInitializer(graph.NewValue(stem).Name, tensor);

    private static int At(Graph graph, Node node)
    {
        var at = 0;
        while (graph.Nodes[at] != node) at++;
        return at;
    }
}
