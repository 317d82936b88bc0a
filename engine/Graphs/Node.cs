using System.Text;

namespace OnnxAudit.Graphs;

/// <summary>An operation. Inputs and outputs may be null: ONNX's omitted optional ones. Edits keep both ends of every edge true.</summary>
public sealed class Node
{
    private readonly List<Value?> _inputs = [];
    private readonly List<Value?> _outputs = [];
    private readonly List<NodeAttribute> _attributes = [];

    internal Node(Graph graph, string opType, string domain, string name)
    {
        Graph = graph;
        OpType = opType;
        Domain = domain;
        Name = name;
    }

    /// <summary>The graph the node stands in.</summary>
    public Graph Graph { get; }

    /// <summary>Operator, e.g. "Conv".</summary>
    public string OpType { get; set; }

    /// <summary>Operator domain; "" is ONNX's own ("ai.onnx" is normalised to it only when compared, never rewritten).</summary>
    public string Domain { get; set; }

    /// <summary>Node name, possibly empty and not necessarily unique.</summary>
    public string Name { get; set; }

    /// <summary>Consumed values in operator order.</summary>
    public IReadOnlyList<Value?> Inputs => _inputs;

    /// <summary>Produced values in operator order.</summary>
    public IReadOnlyList<Value?> Outputs => _outputs;

    /// <summary>Attributes in file order.</summary>
    public IReadOnlyList<NodeAttribute> Attributes => _attributes;

    /// <summary>Format-specific payload carried through unread (doc string, overload, metadata, unknown fields).</summary>
    public object? Carried { get; set; }

    /// <summary>True for an operator of ONNX's own domain.</summary>
    public bool Is(string opType) => OpType == opType && (Domain is "" or "ai.onnx");

    /// <summary>Input <paramref name="index"/>, or null when omitted or past the end.</summary>
    public Value? Input(int index) => index < _inputs.Count ? _inputs[index] : null;

    /// <summary>Output <paramref name="index"/>, or null when omitted or past the end.</summary>
    public Value? Output(int index) => index < _outputs.Count ? _outputs[index] : null;

    /// <summary>Makes <paramref name="value"/> the input at <paramref name="index"/>, growing the list with omitted inputs if needed.</summary>
    public void SetInput(int index, Value? value)
    {
        while (_inputs.Count <= index) _inputs.Add(null);
        _inputs[index]?.UseList.Remove(new Use(this, index));
        _inputs[index] = value;
        value?.UseList.Add(new Use(this, index));
    }

    /// <summary>Makes this node the producer of <paramref name="value"/> at <paramref name="index"/>.</summary>
    /// <exception cref="InvalidOperationException">Another node already makes it.</exception>
    public void SetOutput(int index, Value? value)
    {
        if (value?.Producer is { } other && !(other == this && value.ProducerIndex == index))
            throw new InvalidOperationException($"value '{value.Name}' is already made by node '{other.Name}' ({other.OpType})");
        while (_outputs.Count <= index) _outputs.Add(null);
        if (_outputs[index] is { } old) (old.Producer, old.ProducerIndex) = (null, -1);
        _outputs[index] = value;
        if (value is not null) (value.Producer, value.ProducerIndex) = (this, index);
    }

    /// <summary>Shortens the lists of inputs and outputs by the omitted ones at their ends.</summary>
    public void Trim()
    {
        while (_inputs is [.., null]) _inputs.RemoveAt(_inputs.Count - 1);
        while (_outputs is [.., null]) _outputs.RemoveAt(_outputs.Count - 1);
    }

    /// <summary>The attribute of that name, or null.</summary>
    public NodeAttribute? Attribute(string name) => _attributes.Find(a => a.Name == name);

    /// <summary>Adds or replaces an attribute.</summary>
    public Node Set(NodeAttribute attribute)
    {
        var i = _attributes.FindIndex(a => a.Name == attribute.Name);
        if (i < 0) _attributes.Add(attribute);
        else _attributes[i] = attribute;
        return this;
    }

    /// <summary>Appends an attribute without looking for one of the same name: for readers, which keep a file's own order and duplicates.</summary>
    internal void AppendAttribute(NodeAttribute attribute) => _attributes.Add(attribute);

    /// <summary>Removes an attribute; absent is fine.</summary>
    public void Unset(string name) => _attributes.RemoveAll(a => a.Name == name);

    /// <summary>Integer attribute or <paramref name="fallback"/>.</summary>
    public long Int(string name, long fallback) => Attribute(name) is { Value: long v } ? v : fallback;

    /// <summary>Float attribute or <paramref name="fallback"/>.</summary>
    public float Float(string name, float fallback) => Attribute(name) is { Value: float v } ? v : fallback;

    /// <summary>Integer list or null.</summary>
    public long[]? Ints(string name) => Attribute(name)?.Value as long[];

    /// <summary>String attribute (UTF-8) or <paramref name="fallback"/>.</summary>
    public string Text(string name, string fallback) =>
        Attribute(name) is { Kind: AttributeKind.String, Value: ReadOnlyMemory<byte> v } ? Encoding.UTF8.GetString(v.Span) : fallback;

    internal void Detach()
    {
        for (var i = 0; i < _inputs.Count; i++) SetInput(i, null);
        for (var i = 0; i < _outputs.Count; i++) SetOutput(i, null);
    }

    /// <inheritdoc/>
    public override string ToString() => $"node '{Name}' ({OpType})";
}
