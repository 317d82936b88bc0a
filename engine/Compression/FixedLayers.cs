using OnnxAudit.Graphs;

namespace OnnxAudit.Compression;

/// <summary>A layer whose weights no mask can touch.</summary>
/// <param name="Name">Name of its node, or of its first output where that is empty.</param>
/// <param name="OpType">Its operator.</param>
/// <param name="Reason">Why.</param>
public sealed record FixedLayer(string Name, string OpType, string Reason);

/// <summary>Convolutions and linear layers of the main graph that <see cref="Prunable"/> leaves out.</summary>
public static class FixedLayers
{
    /// <summary>
    /// The layers in node order: those whose weights are integers, stand in a Constant node or are computed from other initializers (codebooks, masks). A MatMul of two
    /// activations is no layer.
    /// </summary>
    public static IReadOnlyList<FixedLayer> Of(Model model)
    {
        var prunable = Prunable.Find(model).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var found = new List<FixedLayer>();
        foreach (var node in model.Graph.Nodes)
            if (WeightInput(node) is { } weight && Reason(weight, prunable) is { } reason)
                found.Add(new FixedLayer(node.Name.Length > 0 ? node.Name : node.Outputs.First(o => o is not null)!.Name, node.OpType, reason));
        return found;
    }

    private static Value? WeightInput(Node node) => node.OpType switch
    {
        "Conv" or "ConvTranspose" or "Gemm" or "MatMul" or "ConvInteger" or "MatMulInteger" or "MatMulNBits" => node.Input(1),
        "QLinearConv" or "QLinearMatMul" => node.Input(3),
        _ => null,
    };

    private static string? Reason(Value weight, HashSet<string> prunable)
    {
        var sources = new HashSet<Value>();
        if (!IsConstant(weight, sources) || sources.Any(s => prunable.Contains(s.Name))) return null;
        return sources.FirstOrDefault(s => s.Initializer is { } tensor && !Prunable.IsFloating(tensor.Type) && tensor.Count > 1) is { } whole ? $"{whole.Initializer!.Type} weights ('{whole.Name}')"
            : sources.Any(s => s.Initializer is not null) ? "weights that are computed" : "weights in a Constant node";
    }

    // Whether a value depends on no input of the graph; collects what it comes from.
    private static bool IsConstant(Value value, HashSet<Value> sources)
    {
        if (value.Initializer is not null) return sources.Add(value) || true;
        if (value.Producer is not { } maker) return false;
        if (maker.Is("Constant")) return sources.Add(value) || true;
        var inputs = maker.Inputs.Where(i => i is not null).ToArray();
        return inputs.Length > 0 && inputs.All(i => sources.Contains(i!) || IsConstant(i!, sources));
    }
}
