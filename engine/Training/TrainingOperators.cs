using OnnxAudit.Gradients;
using OnnxAudit.Graphs;
using OnnxAudit.Runtime;

namespace OnnxAudit.Training;

/// <summary>
/// The rules by which a training graph replaces those of <see cref="GradientTable"/>, with operators of the program's own that run inside the session: kernel
/// gradients of 2-D convolutions without groups, batch normalisation in training form, ReLU. Everything else, and other forms of these, stays standard operators.
/// On ONNX Runtime's CPU provider the standard form of a kernel gradient, a convolution with the batch as channels, takes four times the forward convolution.
/// </summary>
internal sealed class TrainingOperators
{
    /// <summary>The operators' domain.</summary>
    internal const string Domain = "onnxaudit.training";

    /// <summary>The attribute that says which layer a node is of.</summary>
    internal const string Layer = "layer";

    private readonly List<KernelShape> _kernels = [];
    private readonly List<float> _epsilons = [];

    /// <summary>The rule for a node, or null where the table's holds.</summary>
    public GradientRule? RuleOf(Emitter emit, Node node)
    {
        if (node.Is("Conv") && ShapeOf(emit, node) is { } shape) return g => Conv(g, shape);
        if (node.Is("BatchNormalization") && node.Int("training_mode", 0) == 1 && node.Float("momentum", 0.9f) == 0 && AreFloats(emit, node) && node.Output(1) is not null && node.Output(2) is not null) return Norm;
        return node.Is("Relu") && AreFloats(emit, node) ? Relu : null;
    }

    /// <summary>What a session over the graph must know; null when no rule was used.</summary>
    public CustomOperators? For(Graph graph, int threads) => graph.Nodes.Any(n => n.Domain == Domain)
        ? new CustomOperators(Domain, [new KernelGradientOperator(_kernels, threads), new NormGradientOperator(_epsilons), new ReluGradientOperator()]) : null;

    private Gradient[] Conv(NodeGradient g, KernelShape shape)
    {
        var all = GradientTable.Of(g.Node)!.Rule(g.Without(1));
        if (!g.Wants(1)) return all;
        _kernels.Add(shape);
        all[1] = Added(g.Emit, KernelGradientOperator.OpName, [g.In(0), g.Output], [g.In(1)], _kernels.Count - 1)[0];
        return all;
    }

    private Gradient[] Norm(NodeGradient g)
    {
        _epsilons.Add(g.Node.Float("epsilon", 1e-5f));
        var made = Added(g.Emit, NormGradientOperator.OpName, [g.In(0), g.Output, g.In(1), g.Node.Output(1), g.Node.Output(2)], [g.In(0), g.In(1), g.In(2)], _epsilons.Count - 1);
        return [made[0], made[1], made[2], Gradient.None, Gradient.None];
    }

    private static Gradient[] Relu(NodeGradient g) => [g.For(0, () => Added(g.Emit, ReluGradientOperator.OpName, [g.Out(0), g.Output], [g.In(0)], 0)[0])];

    private static Value[] Added(Emitter emit, string op, Value?[] inputs, Value[] like, int layer)
    {
        var outputs = like.Select(value =>
        {
            var made = emit.Graph.NewValue($"training/{op}_{emit.Graph.Nodes.Count}");
            emit.Shapes.Set(made, emit.Shapes.TypeOf(value)!);
            return made;
        }).ToArray();
        emit.Graph.AddNode(op, inputs, outputs, outputs[0].Name, Domain).Set(NodeAttribute.Of(Layer, (long)layer));
        return outputs;
    }

    private static bool AreFloats(Emitter emit, Node node) => node.Inputs.All(i => i is null || emit.Shapes.TypeOf(i) is { Element: ElementType.Float, Shape: not null });

    private static KernelShape? ShapeOf(Emitter emit, Node node)
    {
        if (!AreFloats(emit, node) || node.Int("group", 1) != 1 || node.Text("auto_pad", "NOTSET") != "NOTSET") return null;
        var (x, w) = (Sizes(emit, node.Input(0)!), Sizes(emit, node.Input(1)!));
        if (x.Length != 4 || w.Any(s => s is null) || x.Skip(1).Any(s => s is null)) return null;
        var (strides, dilations, pads) = (node.Ints("strides") ?? [1, 1], node.Ints("dilations") ?? [1, 1], node.Ints("pads") ?? [0, 0, 0, 0]);
        return pads.Any(p => p < 0) ? null : new KernelShape(x[1]!.Value, x[2]!.Value, x[3]!.Value, w[0]!.Value, w[2]!.Value, w[3]!.Value,
            ((int)strides[0], (int)strides[1]), ((int)dilations[0], (int)dilations[1]), (int)pads[0], (int)pads[1]);
    }

    private static int?[] Sizes(Emitter emit, Value value) => [.. emit.ShapeOf(value).Select(d => (int?)d.Size)];
}
