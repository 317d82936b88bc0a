using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Training;

/// <summary>
/// A batch normalisation put into training form with momentum 0, so that its outputs are the batch's own statistics: how the running ones follow is the
/// engine's to decide (the operator itself takes the population variance where PyTorch takes n − 1).
/// </summary>
internal sealed class BatchStatistics
{
    private readonly Node _node;
    private readonly string _mean;
    private readonly string _variance;
    private readonly float _momentum;

    private BatchStatistics(Node node, string mean, string variance) =>
        (_node, _mean, _variance, _momentum) = (node, mean, variance, node.Float("momentum", 0.9f));

    /// <summary>Puts every batch normalisation with float32 constants for statistics into training form; opset 18.</summary>
    /// <exception cref="AuditException">Invalid: one that is in training form already, or whose statistics are no initializers.</exception>
    public static IReadOnlyList<BatchStatistics> Make(Model model)
    {
        var all = new List<BatchStatistics>();
        foreach (var node in model.Graph.Nodes.Where(n => n.Is("BatchNormalization")))
        {
            if (node.Int("training_mode", 0) != 0)
                throw new AuditException(AuditCode.Invalid, $"{model.Source}, {node}", "training form", "an inference model", "Export the model in inference mode.");
            if (Constants.Source(node.Input(3)) is not { Initializer.Type: ElementType.Float } mean || Constants.Source(node.Input(4)) is not { Initializer.Type: ElementType.Float } variance)
                throw new AuditException(AuditCode.Invalid, $"{model.Source}, {node}", "running statistics that are no float32 initializers", "float32 initializers", "Export the model again in float32.");
            var made = new BatchStatistics(node, mean.Name, variance.Name);
            node.Set(NodeAttribute.Of("training_mode", 1L)).Set(NodeAttribute.Of("momentum", 0f));
            foreach (var (i, suffix) in new[] { (1, "mean"), (2, "variance") })
                if (node.Output(i) is null) node.SetOutput(i, model.Graph.NewValue($"{node.Outputs[0]!.Name}/batch_{suffix}"));
            all.Add(made);
        }

        return all;
    }

    /// <summary>Names and sizes, once shapes are known.</summary>
    public RunningStatistics Of(ShapeFacts facts, string source)
    {
        var shape = facts.TypeOf(_node.Input(0)!)?.Shape;
        long? perSample = shape?.Skip(2).Aggregate((long?)1, (product, d) => product * d.Size);
        var channels = (int)(facts.TypeOf(_node.Input(3)!)?.Shape?[0].Size ?? 0);
        if (perSample is null || channels == 0)
            throw new AuditException(AuditCode.Invalid, $"{source}, {_node}", "an unknown size of its input", "known sizes", "Export the model with static shapes.");
        return new RunningStatistics(_mean, _variance, _node.Output(1)!.Name, _node.Output(2)!.Name, channels, perSample.Value, _momentum);
    }

    /// <summary>Lists the batch's statistics as outputs.</summary>
    public void List(Graph graph)
    {
        for (var i = 1; i < 3; i++)
        {
            var value = _node.Output(i)!;
            value.Type ??= new TensorType(ElementType.Float, [graph.Find(_mean)!.Initializer!.Dims[0]]);
            graph.AddOutput(value);
        }
    }
}
