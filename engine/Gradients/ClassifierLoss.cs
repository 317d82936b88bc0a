using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients;

/// <summary>
/// The cross-entropy of a classifier as part of its graph: L[n] = −log softmax(z[n])[label n], one loss a sample and no reduction, so that
/// the gradient of every sample's own activations comes out of one pass over a batch.
/// </summary>
public sealed class ClassifierLoss
{
    private ClassifierLoss(Emitter emit, Value labels, Value logits, Value loss) => (Emit, Labels, Logits, Loss) = (emit, labels, logits, loss);

    /// <summary>Emitter into the model's graph, for what comes after.</summary>
    public Emitter Emit { get; }

    /// <summary>New graph input: the true classes, [N] int64.</summary>
    public Value Labels { get; }

    /// <summary>The scores, [N,C].</summary>
    public Value Logits { get; }

    /// <summary>The losses, [N]; in nats.</summary>
    public Value Loss { get; }

    /// <summary>Adds labels and loss to a model in the form of opset 18 or newer. The loss is not made a graph output: who wants it lists it.</summary>
    /// <param name="model">The model; it grows.</param>
    /// <param name="logits">Name of the scores before any softmax: [N,C], possibly with trailing 1s.</param>
    /// <param name="facts">Its shapes.</param>
    public static ClassifierLoss AddTo(Model model, string logits, ShapeFacts facts)
    {
        if (model.Opset < 18) throw new ArgumentException($"{model.Source} is at opset {model.Opset}; bring it to 18 first", nameof(model));
        var graph = model.Graph;
        var emit = new Emitter(graph, facts, model.Source);
        var scores = graph.Find(logits) ?? throw new ArgumentException($"{model.Source} has no value '{logits}'", nameof(logits));
        var labels = graph.NewValue("labels");
        var batch = facts.TypeOf(scores)?.Shape is [var first, ..] ? first : new Dim(null, "batch");
        labels.Type = new TensorType(ElementType.Int64, [batch]);
        facts.Take(labels);
        graph.AddInput(labels);
        if (emit.RankOf(scores) != 2) scores = emit.Add("Flatten", [scores], NodeAttribute.Of("axis", 1L));
        var loss = emit.Add("SoftmaxCrossEntropyLoss", [scores, labels], NodeAttribute.Of("reduction", "none"));
        return new ClassifierLoss(emit, labels, scores, loss);
    }
}
