using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>Operators that act element by element, with or without broadcasting.</summary>
internal static class ElementwiseShapes
{
    /// <summary>The first output is what the first input is.</summary>
    internal static void Same(NodeShapes n) => n.Gives(0, n.Element(0), n.Shape(0));

    /// <summary>The first output is the first input itself.</summary>
    internal static void Identity(NodeShapes n)
    {
        Same(n);
        n.Holds(n.Contents(0));
    }

    /// <summary>The shape of the first input, bool.</summary>
    internal static void SameBool(NodeShapes n) => n.Gives(0, ElementType.Bool, n.Shape(0));

    /// <summary>Inputs broadcast together, of the first known element type.</summary>
    internal static void Broadcast(NodeShapes n)
    {
        var inputs = Enumerable.Range(0, n.Node.Inputs.Count);
        n.Gives(0, inputs.Select(n.Element).FirstOrDefault(e => e != ElementType.Undefined), n.Broadcast(inputs));
    }

    /// <summary>Inputs broadcast together, bool.</summary>
    internal static void BroadcastBool(NodeShapes n) => n.Gives(0, ElementType.Bool, n.Broadcast(0, 1));

    internal static void Where(NodeShapes n)
    {
        n.Gives(0, n.Element(1) != ElementType.Undefined ? n.Element(1) : n.Element(2), n.Broadcast(0, 1, 2));
        n.Holds(ContentArithmetic.Where(n.Contents(0), n.Contents(1), n.Contents(2)));
    }

    internal static void Cast(NodeShapes n)
    {
        var to = (ElementType)n.Node.Int("to", 0);
        n.Gives(0, to, n.Shape(0));
        n.Holds(to != ElementType.Bool || n.Element(0) == ElementType.Bool ? n.Contents(0) : null);
    }

    internal static void CastLike(NodeShapes n)
    {
        n.Gives(0, n.Element(1), n.Shape(0));
        n.Holds(n.Element(1) != ElementType.Bool ? n.Contents(0) : null);
    }

    /// <summary>Output and, when named, the mask of kept elements.</summary>
    internal static void Dropout(NodeShapes n)
    {
        Same(n);
        n.Gives(1, ElementType.Bool, n.Shape(0));
    }

    /// <summary>Element type by attribute "dtype", else the input's.</summary>
    internal static void Like(NodeShapes n)
    {
        var type = (ElementType)n.Node.Int("dtype", 0);
        n.Gives(0, type == ElementType.Undefined ? n.Element(0) : type, n.Shape(0));
    }

    internal static void QuantizeLinear(NodeShapes n)
    {
        var stated = (ElementType)n.Node.Int("output_dtype", 0);
        n.Gives(0, stated != ElementType.Undefined ? stated : n.Node.Input(2) is null ? ElementType.UInt8 : n.Element(2), n.Shape(0));
    }

    internal static void DequantizeLinear(NodeShapes n)
    {
        var stated = (ElementType)n.Node.Int("output_dtype", 0);
        n.Gives(0, stated != ElementType.Undefined ? stated : n.Element(1), n.Shape(0));
    }

    /// <summary>Quantised values, their scale and their zero point.</summary>
    internal static void DynamicQuantizeLinear(NodeShapes n)
    {
        n.Gives(0, ElementType.UInt8, n.Shape(0));
        n.Gives(1, ElementType.Float, []);
        n.Gives(2, ElementType.UInt8, []);
    }
}
