using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// Makes a head's features and logits float outputs of its graph. A node that already does a step is used again, so that doing it twice
/// changes nothing.
/// </summary>
internal sealed record HeadExposure(
    Value Features, Value Logits, QuantisedForm? FeatureForm, bool FeaturesTransposed, bool IsPooled, Dim[]? FeatureShape)
{
    public HeadOutputs Apply(Graph graph)
    {
        var features = FeatureForm is { } form ? Dequantised(graph, Features, form) : Features;
        if (FeaturesTransposed) features = Untransposed(graph, features);
        if (IsPooled) features = Step(graph, "GlobalAveragePool", "", [features], "pooled");
        features = Single(graph, features);
        var logits = FormOf(Logits) is { } scores ? Dequantised(graph, Logits, scores) : Logits;
        logits = Single(graph, logits);
        List(graph, features, FeatureShape);
        List(graph, logits, null);
        return new HeadOutputs(features.Name, logits.Name);
    }

    // Where the features of a transposed product are themselves a transposition, what that was made from is [N,m] already.
    private static Value Untransposed(Graph graph, Value value)
    {
        if (value.Producer is { } maker && maker.Is("Transpose") && maker.Input(0) is { } rows && maker.Ints("perm") is null or [1, 0])
            return value.Producer.Input(0)!;
        return Step(graph, "Transpose", "", [value], "rows", NodeAttribute.Of("perm", [1L, 0L]));
    }

    private static Value Dequantised(Graph graph, Value value, QuantisedForm form) =>
        Step(graph, "DequantizeLinear", form.Domain, [value, form.Scale, form.ZeroPoint], "dequantized");

    private static Value Single(Graph graph, Value value) =>
        Constants.ElementOf(value) is null or ElementType.Float ? value
            : Step(graph, "Cast", "", [value], "float", NodeAttribute.Of("to", (long)ElementType.Float));

    private static Value Step(Graph graph, string opType, string domain, Value?[] inputs, string suffix, params NodeAttribute[] attributes)
    {
        foreach (var use in inputs[0]!.Uses)
        {
            var node = use.Node;
            if (use.Index == 0 && node.Graph == graph && node.OpType == opType && node.Domain == domain && node.Inputs.SequenceEqual(Trimmed(inputs))
                && attributes.All(a => Same(node, a)) && node.Output(0) is { } made) return made;
        }

        var output = graph.NewValue($"{inputs[0]!.Name}_{suffix}");
        var added = graph.AddNode(opType, Trimmed(inputs), [output], output.Name, domain);
        foreach (var attribute in attributes) added.Set(attribute);
        return output;
    }

    private static Value?[] Trimmed(Value?[] inputs) => inputs[^1] is null ? inputs[..^1] : inputs;

    private static bool Same(Node node, NodeAttribute wanted) => (node.Attribute(wanted.Name)?.Value, wanted.Value) switch
    {
        (long a, long b) => a == b,
        (long[] a, long[] b) => a.AsSpan().SequenceEqual(b),
        _ => false,
    };

    private static void List(Graph graph, Value value, Dim[]? shape)
    {
        if (value.IsOutput) return;
        value.Type ??= new TensorType(ElementType.Float, shape);
        graph.AddOutput(value);
    }

    // How a value is quantised, by the operator that made it, seen through those that only move elements.
    private static QuantisedForm? FormOf(Value value)
    {
        for (var at = value; at.Producer is { } node;)
        {
            var scale = node.OpType switch
            {
                "QuantizeLinear" => 1,
                "QLinearMatMul" or "QLinearConv" or "QLinearAdd" => 6,
                "QGemm" => 7,
                "QLinearGlobalAveragePool" => 3,
                _ => 0,
            };
            if (scale > 0) return node.Input(scale) is { } s ? new QuantisedForm(s, node.Input(scale + 1), scale == 1 ? node.Domain : "") : null;
            if (node.OpType is not ("Identity" or "Flatten" or "Reshape" or "Squeeze" or "Unsqueeze" or "Transpose")
                || node.Input(0) is not { } next)
                return null;
            at = next;
        }

        return null;
    }
}
