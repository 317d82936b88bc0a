using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression;

/// <summary>
/// A classifier grown by gradients with respect to its weights. With L[n] the cross-entropy of sample n and shares s[n] given with the batch, it computes
/// g = ∂(Σ s·L)/∂w and, on request, the product H·z of the Hessian of Σ s·L with given probes z, exactly: by differentiating Σ g·z once more.
/// Inference mode: batch normalisation uses its stored statistics.
/// </summary>
internal sealed class WeightGradients
{
    private WeightGradients(Model model, Value image, string labels, string shares, string[] probes, string?[] gradients, string?[] products) =>
        (Model, Image, Labels, Shares, Probes, Gradients, Products) = (model, image, labels, shares, probes, gradients, products);

    /// <summary>The grown model, at opset 18 or newer. Its outputs are the gradients and products.</summary>
    public Model Model { get; }

    /// <summary>The image input.</summary>
    public Value Image { get; }

    /// <summary>Name of the input of true classes, [N] int64.</summary>
    public string Labels { get; }

    /// <summary>Name of the input of shares, [N] float32.</summary>
    public string Shares { get; }

    /// <summary>Names of the probe inputs, one per weight and shaped like it; empty without products.</summary>
    public IReadOnlyList<string> Probes { get; }

    /// <summary>Names of the gradients, one per weight; null where the loss does not depend on it.</summary>
    public IReadOnlyList<string?> Gradients { get; }

    /// <summary>Names of H·z, one per weight; null where it is zero. Empty without products.</summary>
    public IReadOnlyList<string?> Products { get; }

    /// <summary>The batch the model insists on; null when it is free.</summary>
    public int? FixedBatch => (int?)Image.Type!.Shape![0].Size;

    /// <summary>Grows <paramref name="model"/>, which must be the caller's own copy.</summary>
    /// <param name="model">The model.</param>
    /// <param name="weights">Names of float32 initializers.</param>
    /// <param name="sample">Shape of one input sample.</param>
    /// <param name="head">Name of the head node, or null to search.</param>
    /// <param name="products">Whether to make H·z.</param>
    /// <param name="runtime">Finds by running what the file and propagation do not tell of shapes.</param>
    /// <exception cref="AuditException">Invalid: no head, another input than one float32 image, weights of another type, or operators without a gradient.</exception>
    public static WeightGradients Build(Model model, IReadOnlyList<string> weights, ReadOnlySpan<long> sample, string? head, bool products, OrtLibrary runtime)
    {
        var image = ImageValue.Of(model, sample);
        OpsetUpgrade.To18(model);
        var graph = model.Graph;
        var logits = HeadFinder.Find(model, head).Require().Expose(model).Logits;
        var facts = ShapeFacts.Of(graph);
        ShapeProbe.Fill(facts, model, runtime);
        var loss = ClassifierLoss.AddTo(model, logits, facts);
        foreach (var output in graph.Outputs.ToArray()) graph.RemoveOutput(output);
        var emit = loss.Emit;
        var with = weights.Select(name => WeightOf(model, name)).ToArray();
        var shares = Input(emit, "shares", new TensorType(ElementType.Float, [image.Type!.Shape![0]]));
        var gradients = ReverseMode.Differentiate(emit, loss.Loss, with, seed: emit.CastLike(shares, loss.Loss));
        var probes = new List<string>();
        Value?[] second = [];
        if (products)
        {
            var terms = new List<Value?>();
            for (var i = 0; i < with.Length; i++)
            {
                var probe = Input(emit, FormattableString.Invariant($"probe{i}"), emit.Shapes.TypeOf(with[i])!);
                probes.Add(probe.Name);
                if (gradients[i] is { } gradient) terms.Add(Sum(emit, emit.Mul(gradient, probe)));
            }

            second = terms.Count == 0 ? new Value?[with.Length] : ReverseMode.Differentiate(emit, emit.Add("Sum", [.. terms]), with);
        }

        var grown = new WeightGradients(model, image, loss.Labels!.Name, shares.Name, [.. probes], [.. gradients.Select(g => Listed(emit, g))], [.. second.Select(h => Listed(emit, h))]);
        GraphTrim.Trim(graph);
        return grown;
    }

    private static Value Sum(Emitter emit, Value product) => emit.ReduceSum(product, [.. Enumerable.Range(0, emit.RankOf(product)).Select(a => (long)a)], keep: false);

    // Two weights may share a gradient (of a sum, say), and one value is listed once only: each gets a name of its own.
    private static string? Listed(Emitter emit, Value? value)
    {
        if (value is null) return null;
        if (value.IsOutput || value.Initializer is not null || value.IsInput) value = emit.Add("Identity", [value]);
        value.Type ??= emit.Shapes.TypeOf(value);
        emit.Graph.AddOutput(value);
        return value.Name;
    }

    private static Value Input(Emitter emit, string name, TensorType type)
    {
        var value = emit.Graph.NewValue(name);
        value.Type = type;
        emit.Shapes.Set(value, type);
        emit.Graph.AddInput(value);
        return value;
    }

    private static Value WeightOf(Model model, string name)
    {
        var value = model.Graph.Find(name)!;
        if (value.Initializer!.Type == ElementType.Float) return value;
        throw new AuditException(AuditCode.Invalid, $"{model.Source}, initializer '{name}'", $"{value.Initializer.Type} weights", "float32 weights",
            "Score by magnitude, leave this tensor out, or take gradients of a float32 export.");
    }
}
