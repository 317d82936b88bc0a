using System.Globalization;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression;

/// <summary>Files and choices of a change of width.</summary>
/// <param name="ModelPath">The model.</param>
/// <param name="OutPath">The model to write; not the input.</param>
/// <param name="Features">Penultimate features to have.</param>
/// <param name="ToolVersion">Version of the program, for the lineage.</param>
public sealed record WidthRequest(string ModelPath, string OutPath, int Features, string ToolVersion)
{
    /// <summary>Seed of the new weights.</summary>
    public ulong Seed { get; init; }

    /// <summary>Name of the classifier-head node, when the search must not choose.</summary>
    public string? Head { get; init; }
}

/// <summary>What a change of width made.</summary>
/// <param name="Path">The model written.</param>
/// <param name="Sha256">Its SHA-256 (hex).</param>
/// <param name="Recipe">The lineage in its metadata.</param>
/// <param name="Before">Penultimate features the parent has.</param>
/// <param name="After">Those the model has.</param>
/// <param name="Parameters">Numbers in its initializers.</param>
/// <param name="Notes">Sentences for people.</param>
public sealed record WidthReport(string Path, string Sha256, Recipe Recipe, int Before, int After, long Parameters, IReadOnlyList<string> Notes);

/// <summary>
/// The width operation: another number of penultimate features. The classifier and the layer before it, and a normalisation between them, start anew:
/// weights U(±1/√fan-in), biases 0. The model is to be trained again. Made for studies of the feature dimension (arXiv 2206.07918, figure 11).
/// </summary>
public static class HeadWidth
{
    /// <summary>Most features a model is given.</summary>
    public const int Most = 1 << 16;

    /// <summary>Changes the width and writes. The same input and seed give the same bytes.</summary>
    /// <exception cref="AuditException">Usage: a width out of range, or files that are one. Invalid: no head, or no chain of two layers at the end.</exception>
    public static WidthReport Run(WidthRequest request)
    {
        var rewrite = ModelRewrite.Open(request.ModelPath, request.OutPath);
        var (head, hidden, between) = Layers(rewrite.Model, request);
        var before = hidden.Outputs;
        hidden.Resize(hidden.Inputs, request.Features, request.Seed);
        head.Resize(request.Features, head.Outputs, request.Seed);
        foreach (var norm in between.Where(n => n.Is("BatchNormalization"))) Restart(norm, request.Features);
        foreach (var output in between.Append(hidden.Node).SelectMany(n => n.Outputs)) output!.Type = null; // the file states the former sizes
        var (recipe, sha256, _) = rewrite.Write("width",
            [new("features", request.Features.ToString(CultureInfo.InvariantCulture)), new("seed", request.Seed.ToString(CultureInfo.InvariantCulture))], request.ToolVersion);
        rewrite.Notes.Add("Its last two layers hold random weights: train it before it is judged.");
        var parameters = rewrite.Model.Graph.Initializers.Sum(v => v.Initializer!.Count);
        return new WidthReport(request.OutPath, sha256, recipe, before, request.Features, parameters, rewrite.Notes);
    }

    /// <summary>What <see cref="Run"/> would refuse; the model is looked at where <paramref name="graph"/> says that it, or one with the same layers, is there.</summary>
    /// <exception cref="AuditException">As <see cref="Run"/>.</exception>
    public static void Check(WidthRequest request, bool graph)
    {
        if (request.Features is < 1 or > Most)
            throw new AuditException(AuditCode.Usage, "features", FormattableString.Invariant($"{request.Features}"), FormattableString.Invariant($"1 to {Most}"), "Give the number of features.");
        if (graph) Layers(OnnxReader.Read(request.ModelPath), request);
    }

    private static (WidthLayer Head, WidthLayer Hidden, IReadOnlyList<Node> Between) Layers(Model model, WidthRequest request)
    {
        Check(request, graph: false);
        var node = HeadFinder.Find(model, request.Head).Require().Node;
        if (!node.Is("Gemm") || WidthLayer.Of(node) is not { } head) throw Unfit(model, node, "the classifier is no Gemm with weights of its own");
        var between = new List<Node>();
        for (var value = node.Input(0); value?.Producer is { } maker; value = maker.Input(0))
        {
            if (WidthLayer.Of(maker) is { } hidden) return (head, hidden, between);
            if (!KeepsChannels(maker)) throw Unfit(model, maker, "it stands between the classifier and the layer before it");
            between.Add(maker);
        }

        throw Unfit(model, node, "no layer stands before the classifier");
    }

    private static readonly string[] Elementwise =
        ["Relu", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish", "Gelu", "Softplus", "Dropout", "Identity", "GlobalAveragePool", "GlobalMaxPool"];

    // One value a channel goes in and one comes out: a flattening of a pooled map, and a normalisation, whose numbers start anew too.
    private static bool KeepsChannels(Node node) =>
        Elementwise.Contains(node.OpType)
        || (node.Is("Flatten") && node.Int("axis", 1) == 1 && node.Input(0)?.Producer is { OpType: "GlobalAveragePool" or "GlobalMaxPool" })
        || (node.Is("BatchNormalization") && Enumerable.Range(1, 4).All(i => WidthLayer.Own(node.Input(i)) is not null));

    private static AuditException Unfit(Model model, Node node, string what) => new(AuditCode.Invalid, $"{model.Source}, node '{node.Name}' ({node.OpType})", what,
        "a classifier Gemm after a Gemm or a Conv, with elementwise operators, normalisation and global pooling between them",
        "Give such a network, e.g. LeNet-5 or a small convolutional one without shortcuts at its end.");

    private static void Restart(Node norm, int channels)
    {
        for (var i = 1; i <= 4; i++) norm.Graph.SetInitializer(norm.Input(i)!.Name, Tensor.FromFloats([channels], [.. Enumerable.Repeat(i is 1 or 4 ? 1f : 0f, channels)]));
    }
}
