namespace OnnxAudit.Graphs;

/// <summary>
/// A mutable dataflow graph with def-use edges. Invariants (checked by <see cref="GraphRules"/>): every value has one producer at most,
/// every use is recorded on its value, names are unique within a graph, nodes stand in an order that defines before it uses.
/// </summary>
public sealed class Graph
{
    private readonly Dictionary<string, Value> _values = [];
    private readonly List<Node> _nodes = [];
    private readonly List<Value> _inputs = [];
    private readonly List<Value> _outputs = [];
    private readonly HashSet<Value> _outerOutputs = [];
    private readonly List<Value> _initializers = [];

    /// <summary>An empty graph; <paramref name="parent"/> is the graph whose names a subgraph may use.</summary>
    public Graph(string name, Graph? parent = null)
    {
        Name = name;
        Parent = parent;
    }

    /// <summary>Graph name.</summary>
    public string Name { get; set; }

    /// <summary>For a subgraph, the graph around it.</summary>
    public Graph? Parent { get; }

    /// <summary>Nodes in execution order.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Inputs in file order; for IR version 3 this includes initializers that are listed as inputs.</summary>
    public IReadOnlyList<Value> Inputs => _inputs;

    /// <summary>Outputs in file order.</summary>
    public IReadOnlyList<Value> Outputs => _outputs;

    /// <summary>Values with a constant, in file order.</summary>
    public IReadOnlyList<Value> Initializers => _initializers;

    /// <summary>All values defined or named in this graph.</summary>
    public IReadOnlyCollection<Value> Values => _values.Values;

    /// <summary>Format-specific payload carried through unread.</summary>
    public object? Carried { get; set; }

    /// <summary>The value of that name in this graph only; null when absent.</summary>
    public Value? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>The value of that name here or in the graphs around; null when nowhere.</summary>
    public Value? Resolve(string name) => Find(name) ?? Parent?.Resolve(name);

    /// <summary>The value of that name in this graph, made when absent.</summary>
    public Value Value(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_values.TryGetValue(name, out var value)) _values[name] = value = new Value(this, name);
        return value;
    }

    /// <summary>A new value whose name starts with <paramref name="stem"/> and is free here and in the graphs around.</summary>
    public Value NewValue(string stem)
    {
        var name = stem;
        for (var i = 1; Resolve(name) is not null; i++) name = $"{stem}_{i}";
        return Value(name);
    }

    /// <summary>Appends a node, or inserts it before position <paramref name="at"/>.</summary>
    public Node AddNode(string opType, ReadOnlySpan<Value?> inputs, ReadOnlySpan<Value?> outputs, string name = "", string domain = "", int at = -1)
    {
        var node = new Node(this, opType, domain, name);
        for (var i = 0; i < inputs.Length; i++) node.SetInput(i, inputs[i]);
        for (var i = 0; i < outputs.Length; i++) node.SetOutput(i, outputs[i]);
        if (at < 0) _nodes.Add(node);
        else _nodes.Insert(at, node);
        return node;
    }

    /// <summary>Removes a node and its edges.</summary>
    public void Remove(Node node)
    {
        _nodes.Remove(node);
        node.Detach();
    }

    /// <summary>Gives a value its constant (replacing one), or takes it away with null.</summary>
    public Value SetInitializer(string name, Tensor? tensor)
    {
        var value = Value(name);
        if (value.Initializer is null && tensor is not null) _initializers.Add(value);
        if (tensor is null) _initializers.Remove(value);
        value.Initializer = tensor;
        return value;
    }

    /// <summary>Lists a value of this graph as graph input.</summary>
    /// <exception cref="InvalidOperationException">It is listed already, or belongs to another graph.</exception>
    public void AddInput(Value value)
    {
        if (value.Graph != this || value.IsInput)
            throw new InvalidOperationException($"'{value}' is listed as an input already or is another graph's");
        _inputs.Add(value);
        value.IsInput = true;
    }

    /// <summary>Lists a value of this graph, or of one around it, as graph output.</summary>
    /// <exception cref="InvalidOperationException">It is listed already.</exception>
    public void AddOutput(Value value)
    {
        if (value.Graph == this ? value.IsOutput : !_outerOutputs.Add(value))
            throw new InvalidOperationException($"'{value}' is listed as an output already");
        _outputs.Add(value);
        if (value.Graph == this) value.IsOutput = true;
    }

    /// <summary>Takes a value off the inputs; its edges stay.</summary>
    public void RemoveInput(Value value)
    {
        if (_inputs.Remove(value)) value.IsInput = false;
    }

    /// <summary>Takes a value off the outputs; its edges stay.</summary>
    public void RemoveOutput(Value value)
    {
        if (!_outputs.Remove(value)) return;
        if (value.Graph == this) value.IsOutput = false;
        else _outerOutputs.Remove(value);
    }

    /// <summary>Points every use of <paramref name="from"/> (not graph outputs) to <paramref name="to"/>.</summary>
    public static void ReplaceUses(Value from, Value to)
    {
        foreach (var use in from.Uses.ToArray()) use.Node.SetInput(use.Index, to);
    }

    /// <summary>Renames a value; the new name must be free.</summary>
    public void Rename(Value value, string name)
    {
        if (_values.ContainsKey(name)) throw new InvalidOperationException($"a value named '{name}' is there already");
        _values.Remove(value.Name);
        value.Name = name;
        _values[name] = value;
    }

    /// <summary>Forgets a value that nothing makes, uses or lists.</summary>
    public void Forget(Value value)
    {
        if (value.Producer is not null || value.Uses.Count > 0 || value.IsInput || value.IsOutput || value.Initializer is not null)
            throw new InvalidOperationException($"value '{value.Name}' is still in use");
        _values.Remove(value.Name);
    }

    /// <summary>Replaces the node order, e.g. after a sort; must hold the same nodes.</summary>
    public void Reorder(IReadOnlyList<Node> nodes)
    {
        if (nodes.Count != _nodes.Count || !new HashSet<Node>(nodes).SetEquals(_nodes))
            throw new ArgumentException("not the same nodes", nameof(nodes));
        var order = nodes.ToArray();
        _nodes.Clear();
        _nodes.AddRange(order);
    }
}
