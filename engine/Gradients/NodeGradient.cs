using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients;

/// <summary>What a rule sees: the forward node, the gradients of its outputs, which inputs need one, and the emitter of backward nodes.</summary>
public sealed class NodeGradient
{
    private readonly IReadOnlyList<Value?> _outputs;
    private readonly Func<Value, bool> _wanted;

    internal NodeGradient(Node node, IReadOnlyList<Value?> outputs, Func<Value, bool> wanted, Emitter emitter) =>
        (Node, _outputs, _wanted, Emit) = (node, outputs, wanted, emitter);

    /// <summary>The forward node.</summary>
    public Node Node { get; }

    /// <summary>Adds nodes; knows shapes.</summary>
    public Emitter Emit { get; }

    /// <summary>The gradient of the first output. Only for operators whose other outputs carry none.</summary>
    public Value Output => _outputs[0] ?? throw new InvalidOperationException($"{Node} has no gradient at its first output");

    /// <summary>The gradient of output <paramref name="index"/>; null when the loss does not depend on it.</summary>
    public Value? OutputAt(int index) => index < _outputs.Count ? _outputs[index] : null;

    /// <summary>Forward input <paramref name="index"/>, which must be there.</summary>
    public Value In(int index) => Node.Input(index) ?? throw new InvalidOperationException($"{Node} lacks input {index}");

    /// <summary>Forward output <paramref name="index"/>; one that the file leaves out is named, so that the rule can use it.</summary>
    public Value Out(int index)
    {
        if (Node.Output(index) is { } value) return value;
        value = Node.Graph.NewValue($"{Node.Outputs[0]!.Name}/{index}");
        Node.SetOutput(index, value);
        Emit.Shapes.Infer(Node);
        return value;
    }

    /// <summary>True when input <paramref name="index"/> is there and its gradient is needed.</summary>
    public bool Wants(int index) => Node.Input(index) is { } value && _wanted(value);

    /// <summary>The same node without a need for the gradient of input <paramref name="index"/>.</summary>
    public NodeGradient Without(int index) => new(Node, _outputs, value => value != Node.Input(index) && _wanted(value), Emit);

    /// <summary>The gradient of input <paramref name="index"/>, made only when it is needed.</summary>
    public Gradient For(int index, Func<Value> make) => Wants(index) ? make() : Gradient.None;

    /// <summary>The gradient of input <paramref name="index"/>, made in the broadcast shape and summed back to the input's own; only when needed.</summary>
    public Gradient ForBroadcast(int index, Func<Value> make) => Wants(index) ? Emit.SumTo(make(), In(index)) : Gradient.None;

    /// <summary><see cref="Gradient.None"/> for every input.</summary>
    public Gradient[] NoneAtAll() => new Gradient[Node.Inputs.Count];

    /// <summary>An error at this node: the form of it the rule cannot differentiate.</summary>
    public AuditException Unsupported(string found, string expected, string fix) =>
        new(AuditCode.Invalid, Emit.Where(Node), found, expected, fix);
}
