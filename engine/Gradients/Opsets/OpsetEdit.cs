using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Opsets;

/// <summary>What an upgrade rule sees: a node, what is known of its values, and the ways to change it in place. Names of kept values stay.</summary>
internal sealed class OpsetEdit(Node node, ShapeFacts facts)
{
    internal Node Node => node;

    internal Graph Graph => node.Graph;

    /// <summary>Shape of an input; null when not known.</summary>
    internal IReadOnlyList<Dim>? Shape(int input) => node.Input(input) is { } value ? facts.TypeOf(value)?.Shape : null;

    /// <summary>True when something reads output <paramref name="index"/>.</summary>
    internal bool IsRead(int index) => node.Output(index) is { } value && (value.Uses.Count > 0 || value.IsOutput);

    /// <summary>Takes the outputs from <paramref name="index"/> on away; nothing reads them.</summary>
    internal void DropOutputs(int index)
    {
        for (var i = index; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] is not { } value) continue;
            node.SetOutput(i, null);
            Graph.Forget(value);
        }

        node.Trim();
    }

    /// <summary>Makes a constant input <paramref name="index"/>.</summary>
    internal void Give(int index, string name, Tensor tensor) => node.SetInput(index, Constant(name, tensor));

    /// <summary>Makes an integer list, an attribute until now, input <paramref name="index"/>; nothing where the node lacks it.</summary>
    internal void ListToInput(string attribute, int index)
    {
        if (node.Ints(attribute) is { } list) Give(index, attribute, Tensor.From<long>(ElementType.Int64, [list.Length], list));
        node.Unset(attribute);
    }

    /// <summary>Makes a float, an attribute until now, scalar input <paramref name="index"/> of the element type of input 0; nothing where the node lacks it.</summary>
    internal void NumberToInput(string attribute, int index)
    {
        if (node.Attribute(attribute) is { Value: float number })
        {
            var element = node.Input(0) is { } x ? facts.TypeOf(x)?.Element : null;
            if (OfType(number, element ?? ElementType.Undefined) is { } tensor) Give(index, attribute, tensor);
            else node.SetInput(index, Before("CastLike", [Constant(attribute, Tensor.FromFloats([], [number])), node.Input(0)]));
        }

        node.Unset(attribute);
    }

    /// <summary>A node put before this one.</summary>
    internal Value Before(string op, ReadOnlySpan<Value?> inputs, params ReadOnlySpan<NodeAttribute> attributes)
    {
        var made = Graph.NewValue(Name(op));
        Add(op, inputs, made, Position(), attributes);
        return made;
    }

    /// <summary>A node put after this one, which takes over output 0; answers what it reads of this one.</summary>
    internal Value After(string op, Func<Value, Value?[]> inputs, params ReadOnlySpan<NodeAttribute> attributes)
    {
        var last = node.Outputs[0]!;
        var inner = Graph.NewValue(Name(node.OpType));
        node.SetOutput(0, inner);
        Add(op, inputs(inner), last, Position() + 1, attributes);
        return inner;
    }

    /// <summary>A constant of the graph.</summary>
    internal Value Constant(string name, Tensor tensor) => Graph.SetInitializer(Graph.NewValue(Name(name)).Name, tensor);

    private static Tensor? OfType(float number, ElementType element) => element switch
    {
        ElementType.Float => Tensor.FromFloats([], [number]),
        ElementType.Double => Tensor.From<double>(element, [], [number]),
        ElementType.Float16 => Tensor.From<Half>(element, [], [(Half)number]),
        _ => null,
    };

    private string Name(string part) => $"{node.Outputs.FirstOrDefault(o => o is not null)?.Name ?? node.Name}/{part}";

    private void Add(string op, ReadOnlySpan<Value?> inputs, Value output, int at, ReadOnlySpan<NodeAttribute> attributes)
    {
        var added = Graph.AddNode(op, inputs, [output], output.Name, at: at);
        foreach (var attribute in attributes) added.Set(attribute);
    }

    private int Position()
    {
        for (var i = 0; i < Graph.Nodes.Count; i++)
            if (Graph.Nodes[i] == node) return i;
        throw new InvalidOperationException($"{node} is not in its graph");
    }
}
