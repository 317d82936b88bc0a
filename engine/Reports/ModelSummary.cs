using System.Globalization;
using OnnxAudit.Compression;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Reports;

/// <summary>What a model file holds: format, operators, head, weights, sparsity, quantisation, lineage.</summary>
public sealed record ModelSummary
{
    /// <summary>Path as given.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes of the file, external data apart.</summary>
    public required long Bytes { get; init; }

    /// <summary>The model.</summary>
    public required Model Model { get; init; }

    /// <summary>Operator (with its domain when it is not ONNX's own) and how many nodes of it, most first.</summary>
    public required IReadOnlyList<KeyValuePair<string, int>> Operators { get; init; }

    /// <summary>The search for the classifier head.</summary>
    public required HeadSearch Head { get; init; }

    /// <summary>Zeros of the weights.</summary>
    public required SparsityReport Sparsity { get; init; }

    /// <summary>Weights of convolutions and linear maps, forward order.</summary>
    public required IReadOnlyList<LayerWeight> Layers { get; init; }

    /// <summary>What can be differentiated, and what cannot.</summary>
    public required Differentiability Gradients { get; init; }

    /// <summary>How the file says it was made; null when it says nothing.</summary>
    public required Recipe? Recipe { get; init; }

    /// <summary>Inputs that are not weights.</summary>
    public IEnumerable<Value> Inputs => Model.Graph.Inputs.Where(i => i.Initializer is null);

    /// <summary>Quantising operators and integer weights; empty for a floating-point model.</summary>
    public IReadOnlyList<string> Quantisation => [.. Operators.Where(o => IsQuantising(o.Key)).Select(o => $"{o.Value.ToString(CultureInfo.InvariantCulture)} {o.Key}"),
        .. Layers.Where(l => !Prunable.IsFloating(l.Type)).GroupBy(l => l.Type).Select(g => $"{g.Key} weights in {g.Count().ToString(CultureInfo.InvariantCulture)} layers")];

    /// <summary>Reads a model file and sums it up; <paramref name="headNode"/> names the head when the search must not choose.</summary>
    /// <exception cref="AuditException">Invalid: not a model. Usage: no node of that name.</exception>
    public static ModelSummary Of(string path, string? headNode = null)
    {
        var model = OnnxReader.Read(path);
        var head = HeadFinder.Find(model, headNode);
        return new ModelSummary
        {
            Path = path,
            Bytes = new FileInfo(path).Length,
            Model = model,
            Operators = [.. model.Graph.Nodes.GroupBy(n => n.Domain is "" or "ai.onnx" ? n.OpType : $"{n.Domain}.{n.OpType}", StringComparer.Ordinal)
                .Select(g => KeyValuePair.Create(g.Key, g.Count())).OrderByDescending(o => o.Value).ThenBy(o => o.Key, StringComparer.Ordinal)],
            Head = head,
            Gradients = Differentiability.Of(path, head.Head),
            Sparsity = SparsityReport.Of(model),
            Layers = LayerWeights.Of(model),
            Recipe = Recipe.Read(model),
        };
    }

    private static bool IsQuantising(string op) => op.Contains("Quantize", StringComparison.Ordinal) || op.Contains("QLinear", StringComparison.Ordinal)
        || op.EndsWith("Integer", StringComparison.Ordinal) || op.EndsWith(".QGemm", StringComparison.Ordinal);
}
