using System.Globalization;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
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
/// The width operation: another number of penultimate features. The last two linear layers get new weights, U(±1/√fan-in) with biases 0, and the model is to be
/// trained again. Made for studies of the feature dimension (arXiv 2206.07918, figure 11).
/// </summary>
public static class HeadWidth
{
    /// <summary>Most features a model is given.</summary>
    public const int Most = 1 << 16;

    /// <summary>Changes the width and writes. The same input and seed give the same bytes.</summary>
    /// <exception cref="AuditException">Usage: a width out of range, or files that are one. Invalid: no head, or not two linear layers one after the other.</exception>
    public static WidthReport Run(WidthRequest request)
    {
        var rewrite = ModelRewrite.Open(request.ModelPath, request.OutPath);
        var (head, hidden) = Layers(rewrite.Model, request);
        var before = hidden.Outputs;
        hidden.Resize(hidden.Inputs, request.Features, request.Seed);
        head.Resize(request.Features, head.Outputs, request.Seed);
        Forget(hidden.Node.Outputs[0]!, head.Node);
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

    private static (GemmLayer Head, GemmLayer Hidden) Layers(Model model, WidthRequest request)
    {
        Check(request, graph: false);
        var node = HeadFinder.Find(model, request.Head).Require().Node;
        var head = GemmLayer.Of(node) ?? throw Unfit(model, node, "the classifier");
        var value = node.Input(0);
        while (value?.Producer is { } maker && Elementwise.Contains(maker.OpType)) value = maker.Input(0);
        if (value?.Producer is not { } before) throw Unfit(model, node, "what feeds the classifier");
        return (head, GemmLayer.Of(before) ?? throw Unfit(model, before, "the layer before the classifier"));
    }

    private static readonly string[] Elementwise = ["Relu", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish", "Gelu", "Softplus", "Dropout", "Identity"];

    private static AuditException Unfit(Model model, Node node, string what) => new(AuditCode.Invalid, $"{model.Source}, node '{node.Name}' ({node.OpType})",
        $"{what} is no Gemm with weights of its own", "a classifier Gemm after a Gemm, elementwise operators between them", "Give a network like LeNet-5, whose last two layers are linear.");

    // The sizes that the file states between the two layers are the former ones.
    private static void Forget(Value value, Node end)
    {
        for (var at = value; ; at = at.Uses.First(u => u.Node.Output(0) is not null).Node.Output(0)!)
        {
            at.Type = null;
            if (at.Uses.Any(u => u.Node == end)) return;
        }
    }

    /// <summary>A Gemm over rows whose weight and bias are initializers that nothing else uses.</summary>
    private sealed record GemmLayer(Node Node, Value Weight, Value? Bias, int Inputs, int Outputs)
    {
        public static GemmLayer? Of(Node node)
        {
            if (!node.Is("Gemm") || node.Int("transA", 0) != 0 || Own(node.Input(1)) is not { } weight || weight.Initializer!.Rank != 2) return null;
            if (node.Input(2) is { } bias && (Own(bias) is null || bias.Initializer!.Rank != 1)) return null;
            var (a, b) = ((int)weight.Initializer.Dims[0], (int)weight.Initializer.Dims[1]);
            return node.Int("transB", 0) == 1 ? new(node, weight, node.Input(2), b, a) : new(node, weight, node.Input(2), a, b);
        }

        public void Resize(int inputs, int outputs, ulong seed)
        {
            var (graph, bound, draws) = (Node.Graph, 1 / Math.Sqrt(inputs), Philox.For(seed, $"width {Weight.Name}"));
            var values = new float[inputs * outputs];
            for (var i = 0; i < values.Length; i++) values[i] = (float)(bound * (2 * Philox.ToUnit(draws.Words((ulong)i, 0).A) - 1));
            graph.SetInitializer(Weight.Name, Tensor.FromFloats(Node.Int("transB", 0) == 1 ? [outputs, inputs] : [inputs, outputs], values));
            if (Bias is not null) graph.SetInitializer(Bias.Name, Tensor.FromFloats([outputs], new float[outputs]));
        }

        private static Value? Own(Value? value) => value is { Initializer.Type: ElementType.Float, Uses.Count: 1, IsInput: false, IsOutput: false } ? value : null;
    }
}
