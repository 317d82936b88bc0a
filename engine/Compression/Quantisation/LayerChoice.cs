using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>The layers of a float32 model whose weights get another code, and the errors when there are none.</summary>
internal static class LayerChoice
{
    private const int Listed = 40;

    /// <summary>Layers in file order, and how many the patterns leave out.</summary>
    /// <exception cref="AuditException">Usage: an exclusion that fits nothing. Invalid: quantised already, or no layer left.</exception>
    public static (IReadOnlyList<QuantisableLayer> Layers, int Excluded) Of(Model model, IReadOnlyList<string> exclude)
    {
        RequireFloat(model);
        var found = model.Graph.Nodes.Select(QuantisableLayer.Of).OfType<QuantisableLayer>().ToArray();
        var left = found.ToList();
        foreach (var text in exclude)
        {
            var pattern = new NamePattern(text);
            if (!found.Any(l => l.Fits(pattern))) throw NothingFits(text, found);
            left.RemoveAll(l => l.Fits(pattern));
        }

        return left.Count > 0 ? (left, found.Length - left.Count) : throw NothingLeft(model, found.Length);
    }

    /// <summary>Refuses a model that quantises already.</summary>
    public static void RequireFloat(Model model)
    {
        if (model.Graph.Nodes.FirstOrDefault(n => n.OpType.Contains("QuantizeLinear", StringComparison.Ordinal) || n.OpType.Contains("DequantizeLinear", StringComparison.Ordinal)
            || n.OpType.StartsWith("QLinear", StringComparison.Ordinal) || n.OpType.EndsWith("Integer", StringComparison.Ordinal)) is { } done)
            throw new AuditException(AuditCode.Invalid, $"{model.Source}, {done}", "a quantised model", "a float32 model", "Quantise the model this one was made from.");
    }

    /// <summary>For a pattern that fits no layer.</summary>
    public static AuditException NothingFits(string pattern, IReadOnlyList<QuantisableLayer> layers) =>
        new(AuditCode.Usage, $"exclude pattern '{pattern}'", "no layer of that operator, node or weight name", "a pattern that fits something",
            $"Layers are: {string.Join(", ", layers.Take(Listed).Select(l => l.Name))}{(layers.Count > Listed ? ", …" : "")}.");

    /// <summary>For a model without layers, or with all of them excluded.</summary>
    public static AuditException NothingLeft(Model model, int found) =>
        new(AuditCode.Invalid, model.Source, found == 0 ? "no layer to quantise" : FormattableString.Invariant($"all {found} layers excluded"),
            "Conv, Gemm or MatMul nodes with constant float32 weights", found == 0 ? "Export the model with float32 weights as initializers." : "Exclude fewer.");
}
