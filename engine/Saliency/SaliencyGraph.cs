using OnnxAudit.Compression;
using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Gradients.Wide;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Saliency;

/// <summary>
/// The gradient graph of a classifier: image and labels in; logits and, for every layer that the loss reaches, what its saliency is made of out.
/// Batch normalisation is folded for the run; <see cref="Scales"/> undoes it, so that the numbers are those of the unfolded weights.
/// </summary>
internal sealed class SaliencyGraph
{
    private SaliencyGraph(Model model, string? labels, string logits, int classes, IReadOnlyList<LayerSite> sites, IReadOnlyList<Value> gradients, float[]?[] scales, Emitter emit) =>
        (Model, Labels, Logits, Classes, Sites, Gradients, Scales, Emit) = (model, labels, logits, classes, sites, gradients, scales, emit);

    internal Model Model { get; }

    /// <summary>Name of the labels input, [N] int64; null when the predicted class is differentiated.</summary>
    internal string? Labels { get; }

    /// <summary>Name of the scores, [N,C].</summary>
    internal string Logits { get; }

    /// <summary>Number of classes, C.</summary>
    internal int Classes { get; }

    /// <summary>The layers, in node order.</summary>
    internal IReadOnlyList<LayerSite> Sites { get; }

    /// <summary>∂L/∂Y of every layer, shaped like its output.</summary>
    internal IReadOnlyList<Value> Gradients { get; }

    /// <summary>Per layer what each filter's result is multiplied by, [K], or null for ones.</summary>
    internal float[]?[] Scales { get; }

    internal Emitter Emit { get; }

    /// <summary>Builds it in <paramref name="model"/>, a copy of the caller's own: it is upgraded, folded and grown, its outputs are taken off.</summary>
    /// <exception cref="AuditException">Invalid: no head, no filters, or operators that cannot be differentiated.</exception>
    internal static SaliencyGraph Build(Model model, SaliencyOptions options, OrtLibrary library)
    {
        OpsetUpgrade.To18(model);
        var wide = options.Forward == ForwardPrecision.Float64;
        var folded = (wide ? [] : BatchNormFolding.Fold(model)).ToDictionary(f => f.Node, f => f.Factors);
        var head = HeadFinder.Find(model, options.Head).Require();
        var logits = head.Expose(model).Logits;
        var facts = ShapeFacts.Of(model.Graph);
        ShapeProbe.Fill(facts, model, library);
        ShapeFolding.Fold(model.Graph, facts);
        Node[] forward = [.. model.Graph.Nodes];
        var loss = ClassifierLoss.AddTo(model, logits, facts, options.PredictedLabel);
        var sites = LayerSite.Find(loss.Emit, model.Source, options, head.Node);
        var gradients = ReverseMode.Differentiate(loss.Emit, loss.Loss, [.. sites.Select(s => s.Output)]);
        if (wide) Widen(loss.Emit, forward);
        var reached = Enumerable.Range(0, sites.Count).Where(i => gradients[i] is not null).ToArray();
        foreach (var output in model.Graph.Outputs.ToArray()) model.Graph.RemoveOutput(output);
        model.Graph.AddOutput(loss.Logits);
        return new SaliencyGraph(model, loss.Labels?.Name, loss.Logits.Name, head.ClassCount, [.. reached.Select(i => sites[i])], [.. reached.Select(i => gradients[i]!)],
            [.. reached.Select(i => ScaleOf(sites[i], folded.GetValueOrDefault(sites[i].Node)))], loss.Emit);
    }

    private static void Widen(Emitter emit, IReadOnlyList<Node> forward)
    {
        if (WideForward.Apply(emit, forward) is [var first, ..] left)
            throw new AuditException(AuditCode.Invalid, emit.Where(first), $"no float64 form of {string.Join(", ", left.Select(n => n.OpType).Distinct())}",
                "operators that can be computed in float64", "Measure with the forward pass in float32.");
    }

    private static float[]? ScaleOf(LayerSite site, float[]? folded)
    {
        if (folded is not null) return folded;
        return site.Factor == 1 ? null : Enumerable.Repeat(site.Factor, site.Filters).ToArray();
    }
}
