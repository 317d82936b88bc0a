using OnnxAudit.Compression;
using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Training;

/// <summary>
/// A classifier grown into one step of training. Inputs: the images, the labels, a teacher's scores where there is one, and every weight (as initializers these would be fused and packed, and
/// updates not be seen). Outputs: the mean loss, the number of right answers, the gradient of every weight, and the batch's statistics of every batch
/// normalisation, which stands in training form. Dropout stays in inference form; normalisation that was folded into weights stays folded.
/// </summary>
public sealed class TrainingGraph
{
    private TrainingGraph(
        Model model, Value image, string labels, string? teacher, string loss, string correct, IReadOnlyList<TrainedWeight> weights, IReadOnlyList<string> gradients, IReadOnlyList<RunningStatistics> norms,
        TrainingOperators? operators) =>
        (Model, Image, Labels, Teacher, Loss, Correct, Weights, Gradients, Norms, Operators) = (model, image, labels, teacher, loss, correct, weights, gradients, norms, operators);

    /// <summary>The grown model, at opset 18 or newer.</summary>
    public Model Model { get; }

    /// <summary>The image input.</summary>
    public Value Image { get; }

    /// <summary>Name of the input of true classes, [N] int64.</summary>
    public string Labels { get; }

    /// <summary>Name of the input of a teacher's scores, [N,C] float32; null without a teacher.</summary>
    public string? Teacher { get; }

    /// <summary>Name of the output that holds the mean loss, a scalar.</summary>
    public string Loss { get; }

    /// <summary>Name of the output that counts the samples whose highest score is the label's, a float32 scalar.</summary>
    public string Correct { get; }

    /// <summary>The weights, each an input under its initializer's name.</summary>
    public IReadOnlyList<TrainedWeight> Weights { get; }

    /// <summary>Names of the outputs that hold their gradients, in the same order and shapes.</summary>
    public IReadOnlyList<string> Gradients { get; }

    /// <summary>The batch normalisations, in forward order.</summary>
    public IReadOnlyList<RunningStatistics> Norms { get; }

    /// <summary>The batch the model insists on; null when it is free.</summary>
    public int? FixedBatch => (int?)Image.Type!.Shape![0].Size;

    /// <summary>The operators of the program's own in it; null when all are standard.</summary>
    internal TrainingOperators? Operators { get; }

    /// <summary>Grows a copy of <paramref name="source"/>.</summary>
    /// <param name="source">The model, after <see cref="OwnTensors"/>; not changed.</param>
    /// <param name="sample">Shape of one input sample.</param>
    /// <param name="head">Name of the head node, or null to search.</param>
    /// <param name="loss">What is minimised.</param>
    /// <param name="portable">Whether to use standard operators alone, for any provider and for saving: slower on the CPU.</param>
    /// <exception cref="AuditException">Invalid: no head, another input than one float32 image, nothing to train, normalisation in training form, or operators without a gradient.</exception>
    public static TrainingGraph Build(Model source, ReadOnlySpan<long> sample, string? head, TrainingLoss loss, bool portable = false)
    {
        var model = OnnxReader.Read(OnnxWriter.ToBytes(source), source.Source);
        var image = ImageValue.Of(model, sample);
        OpsetUpgrade.To18(model);
        var graph = model.Graph;
        var logits = HeadFinder.Find(model, head).Require().Expose(model).Logits;
        foreach (var output in graph.Outputs.ToArray()) graph.RemoveOutput(output);
        var weights = TrainableWeights.Find(graph);
        var norms = BatchStatistics.Make(model);
        foreach (var weight in weights) MakeInput(graph, weight);
        var facts = ShapeFacts.Of(graph);
        var classifier = ClassifierLoss.AddTo(model, logits, facts);
        var emit = classifier.Emit;
        var teacher = loss.Validated().Distillation is null ? null : Distillation.AddInput(classifier);
        var mean = loss.AddTo(classifier, teacher);
        var correct = Correctness(emit, classifier);
        var operators = portable ? null : new TrainingOperators();
        var gradients = ReverseMode.Differentiate(emit, mean, [.. weights.Select(w => graph.Find(w.Name)!)], rules: operators is null ? null : node => operators.RuleOf(emit, node));
        var kept = weights.Index().Where(w => gradients[w.Index] is not null).ToArray();
        if (kept.Length == 0)
            throw new AuditException(AuditCode.Invalid, model.Source, "no float32 weight that the loss depends on", "weights to train", "Train a float32 export of the model.");
        var names = kept.Select(w => Listed(emit, gradients[w.Index]!)).ToArray();
        var grown = new TrainingGraph(model, image, classifier.Labels!.Name, teacher?.Name, Listed(emit, mean), Listed(emit, correct), [.. kept.Select(w => w.Item)], names,
            [.. norms.Select(n => n.Of(facts, model.Source))], operators);
        foreach (var norm in norms) norm.List(graph);
        foreach (var weight in weights.Except(grown.Weights)) Restore(source, graph, weight);
        GraphTrim.Trim(graph);
        if (graph.Nodes.Any(n => n.Domain == TrainingOperators.Domain)) model.Opsets.Add(new(TrainingOperators.Domain, 1));
        return grown;
    }

    private static void MakeInput(Graph graph, TrainedWeight weight)
    {
        var value = graph.Find(weight.Name)!;
        graph.SetInitializer(weight.Name, null);
        value.Type = new TensorType(ElementType.Float, [.. weight.Dims.Select(d => (Dim)d)]);
        if (!value.IsInput) graph.AddInput(value);
    }

    // A weight that the loss does not reach is no input: where something else reads it, it stands there as it was.
    private static void Restore(Model source, Graph graph, TrainedWeight weight)
    {
        var value = graph.Find(weight.Name)!;
        graph.RemoveInput(value);
        graph.SetInitializer(weight.Name, source.Graph.Find(weight.Name)!.Initializer);
    }

    private static Value Correctness(Emitter emit, ClassifierLoss classifier)
    {
        var best = emit.Add("ArgMax", [classifier.Logits], NodeAttribute.Of("axis", 1L), NodeAttribute.Of("keepdims", 0L));
        var right = emit.Add("Cast", [emit.Add("Equal", [best, classifier.Labels])], NodeAttribute.Of("to", (long)ElementType.Float));
        return emit.ReduceSum(right, [0], keep: false);
    }

    private static string Listed(Emitter emit, Value value)
    {
        if (value.IsOutput || value.Initializer is not null || value.IsInput) value = emit.Add("Identity", [value]);
        value.Type ??= emit.Shapes.TypeOf(value);
        emit.Graph.AddOutput(value);
        return value.Name;
    }
}
