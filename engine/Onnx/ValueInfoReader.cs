using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>A ValueInfoProto as read: its name, its type when that is a tensor's, and itself to be written back.</summary>
internal sealed record ValueEntry(string Name, TensorType? Type, ReadOnlyMemory<byte> Message);

/// <summary>The entries a file held for one value, and the type it ended up with: while that is unchanged they are written back as they were.</summary>
internal sealed record ValueCarried(ValueEntry? Input, ValueEntry? Output, ValueEntry? Info, TensorType? TypeAtRead);

/// <summary>Reads ValueInfoProto and the tensor part of TypeProto. Other types (sequence, map, optional, sparse) are checked for depth and
/// carried.</summary>
internal static class ValueInfoReader
{
    public static ValueEntry Read(ReadContext context, WireBytes bytes, int depth)
    {
        var name = "";
        var type = new WirePieces();
        var reader = new WireReader(context, bytes, "ValueInfoProto", depth);
        while (reader.Next())
        {
            if (reader.Field == 1) name = reader.Text();
            if (reader.Field == 2) type.Add(reader.Payload());
        }

        context.Enter($"value '{name}'");
        var tensor = type.Any ? ReadType(context, type.Join(), reader.Inner) : null;
        context.Leave();
        return new ValueEntry(name, tensor, bytes.Memory);
    }

    private static TensorType? ReadType(ReadContext context, WireBytes bytes, int depth)
    {
        TensorType? tensor = null;
        var reader = new WireReader(context, bytes, "TypeProto", depth);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: tensor = ReadTensor(context, reader.Payload(), reader.Inner); break;
                case 4 or 9: ReadElement(context, reader.Payload(), reader.Inner, 1); break;
                case 5: ReadElement(context, reader.Payload(), reader.Inner, 2); break;
                case 8: ReadTensor(context, reader.Payload(), reader.Inner); break;
            }
        }

        return tensor;
    }

    private static void ReadElement(ReadContext context, WireBytes bytes, int depth, int field)
    {
        var reader = new WireReader(context, bytes, "TypeProto", depth);
        while (reader.Next())
            if (reader.Field == field) ReadType(context, reader.Payload(), reader.Inner);
    }

    private static TensorType ReadTensor(ReadContext context, WireBytes bytes, int depth)
    {
        var element = ElementType.Undefined;
        List<Dim>? shape = null;
        var reader = new WireReader(context, bytes, "TypeProto.Tensor", depth);
        while (reader.Next())
        {
            if (reader.Field == 1) element = (ElementType)reader.Small();
            if (reader.Field == 2) ReadShape(context, reader.Payload(), reader.Inner, shape ??= []);
        }

        return new TensorType(element, shape);
    }

    private static void ReadShape(ReadContext context, WireBytes bytes, int depth, List<Dim> shape)
    {
        var reader = new WireReader(context, bytes, "TensorShapeProto", depth);
        while (reader.Next())
            if (reader.Field == 1) shape.Add(ReadDim(context, reader.Payload(), reader.Inner));
    }

    private static Dim ReadDim(ReadContext context, WireBytes bytes, int depth)
    {
        var dim = default(Dim);
        var reader = new WireReader(context, bytes, "TensorShapeProto.Dimension", depth);
        while (reader.Next())
        {
            if (reader.Field == 1) dim = new Dim(reader.Integer(), null);
            if (reader.Field == 2) dim = new Dim(null, reader.Text());
        }

        if (dim.Size < 0)
            throw context.Invalid(FormattableString.Invariant($"dimension {dim.Size}"),
                "0 or more, a symbol, or nothing for an unknown size");
        return dim;
    }
}
