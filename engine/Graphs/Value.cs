namespace OnnxAudit.Graphs;

/// <summary>One dimension of a shape: a size, a symbol ("batch"), or unknown (both null).</summary>
public readonly record struct Dim(long? Size, string? Symbol)
{
    /// <summary>A fixed size.</summary>
    public static implicit operator Dim(long size) => new(size, null);

    /// <inheritdoc/>
    public override string ToString() => Size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}

/// <summary>Element type and shape of a tensor value; <see cref="Shape"/> null when not even the rank is known.</summary>
public sealed record TensorType(ElementType Element, IReadOnlyList<Dim>? Shape)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Element}[{(Shape is null ? "…" : string.Join(',', Shape))}]";
}

/// <summary>A place a value is consumed: input <see cref="Index"/> of <see cref="Node"/>.</summary>
public readonly record struct Use(Node Node, int Index);

/// <summary>An edge of the graph: made by one node or given (input, initializer), used by any number of nodes, also in subgraphs.</summary>
public sealed class Value
{
    internal readonly List<Use> UseList = [];

    internal Value(Graph graph, string name)
    {
        Graph = graph;
        Name = name;
    }

    /// <summary>The graph the value is defined in.</summary>
    public Graph Graph { get; }

    /// <summary>Unique within its graph; change it through <see cref="Graphs.Graph.Rename"/>.</summary>
    public string Name { get; internal set; }

    /// <summary>Tensor type when the file states one; null when unknown or not a tensor (see <see cref="Carried"/>).</summary>
    public TensorType? Type { get; set; }

    /// <summary>The node that makes it; null for inputs, initializers and outer-scope names never defined.</summary>
    public Node? Producer { get; internal set; }

    /// <summary>Which output of <see cref="Producer"/>; -1 without one.</summary>
    public int ProducerIndex { get; internal set; } = -1;

    /// <summary>Who consumes it, subgraph nodes included.</summary>
    public IReadOnlyList<Use> Uses => UseList;

    /// <summary>Its constant value; set through <see cref="Graphs.Graph.SetInitializer"/>.</summary>
    public Tensor? Initializer { get; internal set; }

    /// <summary>Listed among its graph's inputs.</summary>
    public bool IsInput { get; internal set; }

    /// <summary>Listed among its graph's outputs.</summary>
    public bool IsOutput { get; internal set; }

    /// <summary>Format-specific payload carried through unread (non-tensor types, unknown fields, doc strings); owned by the format's room.</summary>
    public object? Carried { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
