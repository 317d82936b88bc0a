using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>
/// Element types and shapes of a graph's values: from the file, from propagation through <see cref="ShapeTable"/>, and from a probing run where both fall
/// short. A free dimension keeps its symbol ("batch"); sizes that depend on it are symbols of their own, so equal symbols mean equal sizes. Also holds the
/// contents of small integer tensors (shapes, axes), so that shape arithmetic folds.
/// </summary>
public sealed class ShapeFacts
{
    private readonly Dictionary<Value, TensorType> _types = [];
    private readonly Dictionary<Value, IReadOnlyList<Dim>> _contents = [];
    private int _unknown;

    private ShapeFacts()
    {
    }

    /// <summary>What can be told of <paramref name="graph"/> without running it.</summary>
    public static ShapeFacts Of(Graph graph)
    {
        var facts = new ShapeFacts();
        foreach (var value in graph.Values) facts.Take(value);
        foreach (var node in graph.Nodes) facts.Infer(node);
        return facts;
    }

    /// <summary>Element type and shape of a value; null when nothing is known.</summary>
    public TensorType? TypeOf(Value value) => _types.GetValueOrDefault(value);

    /// <summary>The elements of a small integer tensor (rank 0 or 1), sizes or symbols; null when not known.</summary>
    public IReadOnlyList<Dim>? ContentsOf(Value value) => _contents.GetValueOrDefault(value);

    /// <summary>Says what a value is, e.g. from a probing run. A shape already known is kept where it is the more precise one.</summary>
    public void Set(Value value, TensorType type) => _types[value] = type;

    /// <summary>Says what a small integer tensor holds.</summary>
    public void SetContents(Value value, IReadOnlyList<Dim> contents) => _contents[value] = contents;

    /// <summary>A symbol unlike every other.</summary>
    public Dim NewSymbol() => new(null, FormattableString.Invariant($"?{_unknown++}"));

    internal void Take(Value value)
    {
        if (value.Initializer is { } tensor)
        {
            _types[value] = new TensorType(tensor.Type, [.. tensor.Dims.ToArray().Select(d => (Dim)d)]);
            if (tensor.Type == ElementType.Int64 && tensor.Rank <= 1 && tensor.Count <= 64)
                _contents[value] = [.. tensor.Span<long>().ToArray().Select(d => (Dim)d)];
        }
        else if (value.Type is { } type)
        {
            _types[value] = type.Shape is null ? type : type with { Shape = [.. type.Shape.Select(d => d is (null, null) ? NewSymbol() : d)] };
        }
    }

    internal void Infer(Node node) => ShapeTable.Infer(node, this);
}
