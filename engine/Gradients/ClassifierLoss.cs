using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients;

/// <summary>
/// The cross-entropy of a classifier as part of its graph: L[n] = −log softmax(z[n])[label n], one loss a sample and no reduction, so that
/// the gradient of every sample's own activations comes out of one pass over a batch.
/// </summary>
public sealed class ClassifierLoss
{
    private ClassifierLoss(Emitter emit, Value? labels, Value logits, Value loss) => (Emit, Labels, Logits, Loss) = (emit, labels, logits, loss);

    /// <summary>Emitter into the model's graph, for what comes after.</summary>
    public Emitter Emit { get; }

    /// <summary>New graph input: the true classes, [N] int64; null when the predicted ones are taken.</summary>
    public Value? Labels { get; }

    /// <summary>The scores, [N,C].</summary>
    public Value Logits { get; }

    /// <summary>The losses, [N]; in nats.</summary>
    public Value Loss { get; }

    /// <summary>Adds labels and loss to a model in the form of opset 18 or newer. The loss is not made a graph output: who wants it lists it.</summary>
    /// <param name="model">The model; it grows.</param>
    /// <param name="logits">Name of the scores before any softmax: [N,C], possibly with trailing 1s.</param>
    /// <param name="facts">Its shapes.</param>
    /// <param name="predicted">Takes the class of the highest score (the first of equal ones) for the true one, instead of an input.</param>
    public static ClassifierLoss AddTo(Model model, string logits, ShapeFacts facts, bool predicted = false)
    {
        if (model.Opset < 18) throw new ArgumentException($"{model.Source} is at opset {model.Opset}; bring it to 18 first", nameof(model));
        var graph = model.Graph;
        var emit = new Emitter(graph, facts, model.Source);
        var scores = graph.Find(logits) ?? throw new ArgumentException($"{model.Source} has no value '{logits}'", nameof(logits));
        if (emit.RankOf(scores) != 2) scores = emit.Add("Flatten", [scores], NodeAttribute.Of("axis", 1L));
        var labels = predicted ? null : LabelsInput(emit, scores);
        var classes = labels ?? emit.Add("ArgMax", [scores], NodeAttribute.Of("axis", 1L), NodeAttribute.Of("keepdims", 0L));
        var loss = emit.Add("SoftmaxCrossEntropyLoss", [scores, classes], NodeAttribute.Of("reduction", "none"));
        return new ClassifierLoss(emit, labels, scores, loss);
    }

    private static Value LabelsInput(Emitter emit, Value scores)
    {
        var labels = emit.Graph.NewValue("labels");
        labels.Type = new TensorType(ElementType.Int64, [emit.ShapeOf(scores)[0]]);
        emit.Shapes.Take(labels);
        emit.Graph.AddInput(labels);
        return labels;
    }
}
