using System.Text;

namespace OnnxAudit.Graphs;

/// <summary>Attribute kinds with the numbers of ONNX AttributeProto.AttributeType.</summary>
public enum AttributeKind
{
#pragma warning disable CS1591 // the names are the field's own
    Undefined = 0, Float = 1, Int = 2, String = 3, Tensor = 4, Graph = 5, Floats = 6, Ints = 7, Strings = 8, Tensors = 9, Graphs = 10,
    SparseTensor = 11, SparseTensors = 12, TypeProto = 13, TypeProtos = 14,
#pragma warning restore CS1591
}

/// <summary>
/// A named attribute. <see cref="Value"/> holds, by kind: float, long, ReadOnlyMemory&lt;byte&gt; (String), <see cref="Graphs.Tensor"/>,
/// <see cref="Graph"/>, float[], long[], ReadOnlyMemory&lt;byte&gt;[], Tensor[], Graph[]; for the other kinds and for references
/// (<see cref="RefName"/>) the format's own payload.
/// </summary>
public sealed record NodeAttribute(string Name, AttributeKind Kind, object? Value)
{
    /// <summary>Inside a function body: the caller's attribute this one stands for.</summary>
    public string? RefName { get; init; }

    /// <summary>Format-specific payload carried through unread.</summary>
    public object? Carried { get; init; }

    /// <summary>An integer attribute.</summary>
    public static NodeAttribute Of(string name, long value) => new(name, AttributeKind.Int, value);

    /// <summary>A float attribute.</summary>
    public static NodeAttribute Of(string name, float value) => new(name, AttributeKind.Float, value);

    /// <summary>A string attribute (UTF-8).</summary>
    public static NodeAttribute Of(string name, string value) => new(name, AttributeKind.String, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(value));

    /// <summary>An integer list.</summary>
    public static NodeAttribute Of(string name, long[] values) => new(name, AttributeKind.Ints, values);

    /// <summary>A float list.</summary>
    public static NodeAttribute Of(string name, float[] values) => new(name, AttributeKind.Floats, values);

    /// <summary>A tensor attribute.</summary>
    public static NodeAttribute Of(string name, Tensor value) => new(name, AttributeKind.Tensor, value);

    /// <summary>A subgraph.</summary>
    public static NodeAttribute Of(string name, Graph value) => new(name, AttributeKind.Graph, value);
}
