using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>
/// Element types and shapes of a graph's values: from the file, from propagation through <see cref="ShapeTable"/>, and from a probing run where both fall
/// short. A free dimension keeps its symbol ("batch"); sizes that depend on it are symbols of their own, so equal symbols mean equal sizes. Also holds the
/// contents of small integer tensors (shapes, axes), so that shape arithmetic folds.
/// </summary>
public sealed class ShapeFacts
{
    internal const int LongestContents = 64;

    private readonly Dictionary<Value, TensorType> _types = [];
    private readonly Dictionary<Value, IReadOnlyList<Dim>> _contents = [];

    private ShapeFacts()
    {
    }

    /// <summary>Arithmetic of sizes and symbols.</summary>
    internal SizeAlgebra Sizes { get; } = new();

    /// <summary>What can be told of <paramref name="graph"/> without running it.</summary>
    public static ShapeFacts Of(Graph graph)
    {
        var facts = new ShapeFacts();
        facts.Propagate(graph);
        return facts;
    }

    /// <summary>Goes through the graph once more, e.g. after <see cref="Set"/> or after values were added.</summary>
    public void Propagate(Graph graph)
    {
        foreach (var value in graph.Values)
            if (!_types.ContainsKey(value)) Take(value);
        foreach (var node in graph.Nodes) Infer(node);
    }

    /// <summary>Element type (Undefined when only the shape is known) and shape of a value; null when nothing is known. Every size is fixed or a symbol.</summary>
    public TensorType? TypeOf(Value value)
    {
        if (_types.GetValueOrDefault(value) is not { } type) return null;
        if (type.Shape is null || !type.Shape.Any(d => d is (null, null))) return type;
        var shape = type.Shape.Select((d, i) => d is not (null, null) ? d : value.IsInput ? Sizes.Named($"{value.Name}[{i}]") : Sizes.Fresh());
        return _types[value] = type with { Shape = [.. shape] };
    }

    /// <summary>The elements of a small integer or bool tensor (rank 0 or 1; bools as 0 and 1), sizes or symbols; null when not known.</summary>
    public IReadOnlyList<Dim>? ContentsOf(Value value) => _contents.GetValueOrDefault(value);

    /// <summary>
    /// Says what a value is, e.g. from a probing run. Merged with what is known: a fixed size is kept over a symbol, a symbol over a nameless unknown, and
    /// what is given now over what was known before.
    /// </summary>
    public void Set(Value value, TensorType type) =>
        Merge(value, type, (given, known) => given.Size is null && (known.Size is not null || Says(given) < Says(known)) ? known : given);

    /// <summary>Says what a small integer tensor holds.</summary>
    public void SetContents(Value value, IReadOnlyList<Dim> contents) => _contents[value] = contents;

    /// <summary>A symbol unlike every other.</summary>
    public Dim NewSymbol() => Sizes.Fresh();

    /// <summary>factor · size.</summary>
    public Dim Multiple(Dim size, long factor) => Sizes.Product(size, factor);

    /// <summary>True when element type and rank of a value are known, and each of its sizes is fixed or follows from those of the inputs.</summary>
    public bool IsComplete(Value value) => TypeOf(value) is { Element: not ElementType.Undefined, Shape: { } shape } && !shape.Any(SizeAlgebra.IsFresh);

    internal static bool CountsOrSizes(ElementType type) => type is ElementType.Int64 or ElementType.Int32 or ElementType.Bool;

    internal void Take(Value value)
    {
        if (value.Initializer is { } tensor)
        {
            _types[value] = new TensorType(tensor.Type, [.. tensor.Dims.ToArray().Select(d => (Dim)d)]);
            if (Numbers(tensor) is { } numbers) _contents[value] = numbers;
        }
        else if (value.Type is { } type)
        {
            _types[value] = type.Shape is null ? type : type with { Shape = [.. type.Shape.Select(OfFile)] };
        }
    }

    /// <summary>The elements of a small integer or bool tensor of rank 0 or 1; null for another.</summary>
    internal static IReadOnlyList<Dim>? Numbers(Tensor tensor)
    {
        if (tensor.Rank > 1 || tensor.Count > LongestContents) return null;
        return tensor.Type switch
        {
            ElementType.Int64 => [.. tensor.Span<long>().ToArray().Select(d => (Dim)d)],
            ElementType.Int32 => [.. tensor.Span<int>().ToArray().Select(d => (Dim)(long)d)],
            ElementType.Bool => [.. tensor.Span<byte>().ToArray().Select(d => (Dim)(d == 0 ? 0L : 1L))],
            _ => null,
        };
    }

    internal void Infer(Node node) => ShapeTable.Infer(node, this);

    /// <summary>
    /// What a rule says of an output. A file's own word on an inner value gives way to a named symbol: exporters leave sizes behind that were traced with one batch.
    /// </summary>
    internal void Propagated(Value value, TensorType type) => Merge(value, type, (given, known) => Says(given) == 1 && Says(known) >= 1 ? known : given);

    private static int Says(Dim dim) => dim switch { (not null, _) => 3, (null, null) => 0, _ when SizeAlgebra.IsFresh(dim) => 1, _ => 2 };

    // A nameless symbol that an earlier run wrote must not meet one of this run by accident.
    private Dim OfFile(Dim dim) => dim.Symbol is ['?' or '#', ..] ? Sizes.Named($"file{dim.Symbol}") : dim;

    private void Merge(Value value, TensorType given, Func<Dim, Dim, Dim> choose)
    {
        if (_types.GetValueOrDefault(value) is { } known)
        {
            var shape = given.Shape is null ? known.Shape
                : known.Shape is null || known.Shape.Count != given.Shape.Count ? given.Shape
                : [.. given.Shape.Select((d, i) => choose(d, known.Shape[i]))];
            given = new TensorType(given.Element == ElementType.Undefined ? known.Element : given.Element, shape);
        }

        _types[value] = given;
    }
}
