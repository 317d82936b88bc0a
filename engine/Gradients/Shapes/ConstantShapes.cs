using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>Operators that make tensors from attributes, from shapes, or from counts.</summary>
internal static class ConstantShapes
{
    internal static void Constant(NodeShapes n)
    {
        var node = n.Node;
        if (node.Attribute("value")?.Value is Tensor tensor)
        {
            n.Gives(0, tensor.Type, [.. tensor.Dims.ToArray().Select(d => (Dim)d)]);
            n.Holds(ShapeFacts.Numbers(tensor));
        }
        else if (node.Attribute("value_int")?.Value is long one) Given(ElementType.Int64, [], [one]);
        else if (node.Ints("value_ints") is { } many) Given(ElementType.Int64, [many.Length], many);
        else if (node.Attribute("value_float") is not null) n.Gives(0, ElementType.Float, []);
        else if (node.Attribute("value_floats")?.Value is float[] floats) n.Gives(0, ElementType.Float, [floats.Length]);
        else if (node.Attribute("value_string") is not null) n.Gives(0, ElementType.String, []);
        else if (node.Attribute("value_strings")?.Value is ReadOnlyMemory<byte>[] texts) n.Gives(0, ElementType.String, [texts.Length]);

        void Given(ElementType element, IReadOnlyList<Dim> shape, long[] numbers)
        {
            n.Gives(0, element, shape);
            n.Holds([.. numbers.Select(d => (Dim)d)]);
        }
    }

    internal static void ConstantOfShape(NodeShapes n)
    {
        var filler = n.Node.Attribute("value")?.Value as Tensor;
        n.Gives(0, filler?.Type ?? ElementType.Float, n.Contents(0) ?? n.Unknown(n.LengthOf(0)));
        if (filler is { Count: 1 } && ShapeFacts.Numbers(filler) is [var number] && n.Fixed(0) is { Length: <= 1 } lengths && lengths is [] or [>= 0 and <= ShapeFacts.LongestContents])
            n.Holds([.. Enumerable.Repeat(number, lengths is [var length] ? (int)length : 1)]);
    }

    internal static void Shape(NodeShapes n)
    {
        if (n.Shape(0) is not { } x)
        {
            n.Gives(0, ElementType.Int64, n.Unknown(1));
            return;
        }

        var (start, end) = (At(n.Node.Int("start", 0)), At(n.Node.Int("end", x.Count)));
        IReadOnlyList<Dim> part = [.. x.Take(end).Skip(start)];
        n.Gives(0, ElementType.Int64, [part.Count]);
        n.Holds(part);

        int At(long axis) => (int)Math.Clamp(axis < 0 ? axis + x.Count : axis, 0, x.Count);
    }

    internal static void Size(NodeShapes n)
    {
        n.Gives(0, ElementType.Int64, []);
        n.Holds(n.Shape(0) is { } x ? [n.Sizes.Product(x)] : null);
    }

    /// <summary>start, start + delta, … before limit.</summary>
    internal static void Range(NodeShapes n)
    {
        var (start, limit, delta) = (n.Contents(0), n.Contents(1), n.Contents(2));
        if (start is not [var from] || limit is not [var to] || delta is not [{ Size: { } step }] || step == 0)
        {
            n.Gives(0, n.Element(0), n.Unknown(1));
            return;
        }

        var many = from.Size is { } a && to.Size is { } b ? Math.Max(0, (long)Int128.Max(0, ((Int128)b - a + step - Math.Sign(step)) / step))
            : step == 1 ? n.Sizes.Subtract(to, from) : n.Sizes.Named($"range({from},{to},{step})");
        n.Gives(0, n.Element(0), [many]);
        if (many.Size is <= ShapeFacts.LongestContents and { } length && from.Size is { } first)
            n.Holds([.. Enumerable.Range(0, (int)length).Select(i => (Dim)(first + i * step))]);
    }

    /// <summary>Random numbers of a shape given as attribute.</summary>
    internal static void OfShape(NodeShapes n) =>
        n.Gives(0, (ElementType)n.Node.Int("dtype", 1), n.Node.Ints("shape") is { } shape ? [.. shape.Select(d => (Dim)d)] : null);
}
