using System.Globalization;
using System.Runtime.InteropServices;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients;

/// <summary>Adds standard ONNX nodes (opset 18 forms) at the end of a graph, names them, keeps their shapes, and shares constants.</summary>
public sealed partial class Emitter
{
    private readonly Dictionary<string, Value> _constants = new(StringComparer.Ordinal);
    private readonly string _source;
    private readonly string _prefix;

    /// <summary>An emitter into <paramref name="graph"/>; new names start with <paramref name="prefix"/> and a slash.</summary>
    public Emitter(Graph graph, ShapeFacts shapes, string source, string prefix = "gradient") =>
        (Graph, Shapes, _source, _prefix) = (graph, shapes, source, prefix);

    /// <summary>The graph that grows.</summary>
    public Graph Graph { get; }

    /// <summary>Types and shapes of its values, new ones included.</summary>
    public ShapeFacts Shapes { get; }

    /// <summary>How messages name a node of this graph.</summary>
    public string Where(Node node) => $"{_source}, node '{node.Name}' ({node.OpType})";

    /// <summary>Adds a node and returns its first output.</summary>
    public Value Add(string op, ReadOnlySpan<Value?> inputs, params ReadOnlySpan<NodeAttribute> attributes) => Add(op, inputs, 1, attributes)[0];

    /// <summary>Adds a node with <paramref name="outputs"/> outputs.</summary>
    public Value[] Add(string op, ReadOnlySpan<Value?> inputs, int outputs, params ReadOnlySpan<NodeAttribute> attributes)
    {
        var made = new Value[outputs];
        for (var i = 0; i < outputs; i++) made[i] = Graph.NewValue(Invariant($"{_prefix}/{op}_{Graph.Nodes.Count}") + (i == 0 ? "" : Invariant($"/{i}")));
        var node = Graph.AddNode(op, inputs, made, made[0].Name);
        foreach (var attribute in attributes) node.Set(attribute);
        Shapes.Infer(node);
        return made;
    }

    /// <summary>A constant tensor; equal ones are one initializer.</summary>
    public Value Constant(Tensor tensor)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{tensor.Type}[{string.Join(',', tensor.Dims.ToArray())}]{Convert.ToHexString(tensor.Data.Span)}");
        if (_constants.TryGetValue(key, out var value)) return value;
        value = Graph.SetInitializer(Graph.NewValue($"{_prefix}/constant").Name, tensor);
        Shapes.Take(value);
        return _constants[key] = value;
    }

    /// <summary>A scalar of the element type of <paramref name="like"/> (float16, bfloat16, float, double or an integer type).</summary>
    public Value Scalar(double number, Value like) => Constant(ScalarTensor(number, ElementOf(like)));

    /// <summary>A 1-D int64 constant.</summary>
    public Value Ints(params ReadOnlySpan<long> numbers) => Constant(Tensor.From(ElementType.Int64, [numbers.Length], numbers));

    /// <summary>Element type of a value; an error when neither the file nor propagation tells.</summary>
    public ElementType ElementOf(Value value) => Shapes.TypeOf(value)?.Element is { } type and not ElementType.Undefined ? type : throw Unknown(value, "element type");

    /// <summary>Shape of a value; sizes may be symbols. An error when not even the rank is known.</summary>
    public IReadOnlyList<Dim> ShapeOf(Value value) => Shapes.TypeOf(value)?.Shape ?? throw Unknown(value, "rank");

    /// <summary>Rank of a value; an error when it is not known.</summary>
    public int RankOf(Value value) => ShapeOf(value).Count;

    /// <summary>Fixed size of one dimension; an error when it is free.</summary>
    public long SizeOf(Value value, int axis) => ShapeOf(value)[axis].Size ?? throw Unknown(value, Invariant($"size along axis {axis}"));

    private AuditException Unknown(Value value, string what) => new(AuditCode.Invalid,
        $"{_source}, value '{value}'", $"an unknown {what}", "known shapes on the way of the gradient", "Export the model with static shapes, or give an input shape for a probing run.");

    private static Tensor ScalarTensor(double number, ElementType type)
    {
        byte[] Bytes<T>(T value) where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
        var data = type switch
        {
            ElementType.Float => Bytes((float)number),
            ElementType.Double => Bytes(number),
            ElementType.Float16 => Bytes((Half)number),
            ElementType.BFloat16 => Bytes((ushort)(BitConverter.SingleToUInt32Bits((float)number) >> 16)),
            ElementType.Int64 => Bytes((long)number),
            ElementType.Int32 => Bytes((int)number),
            ElementType.Bool => Bytes(number != 0),
            _ => throw new ArgumentException($"no scalar constants of {type}", nameof(type)),
        };
        return new Tensor(type, [], data);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
