using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>Writes ValueInfoProto: as it was read while name and type are unchanged, else anew with its other fields kept.</summary>
internal static class ValueInfoWriter
{
    public static void Write(WireWriter to, int field, Value value, ValueEntry? entry)
    {
        var carried = value.Carried as ValueCarried;
        var sameType = carried is not null && ReferenceEquals(carried.TypeAtRead, value.Type);
        if (entry is not null && entry.Name == value.Name && sameType) to.Bytes(field, entry.Message);
        else to.Message(field, Anew(value, entry, sameType));
    }

    private static WireWriter Anew(Value value, ValueEntry? entry, bool keepType)
    {
        var kept = new CarriedFields();
        if (entry is not null)
        {
            // The message was read once without error, so no error can come from reading it again.
            var reader = new WireReader(new ReadContext("memory", new ExternalFolder(null)), new WireBytes(entry.Message, 0), "ValueInfoProto", 1);
            while (reader.Next())
                if (reader.Field > 2 || (reader.Field == 2 && keepType)) kept.Keep(reader);
        }

        var info = new WireWriter(kept);
        info.Text(1, value.Name);
        if (!(keepType && entry is not null) && value.Type is { } type) info.Message(2, Type(type));
        return info;
    }

    private static WireWriter Type(TensorType type)
    {
        var tensor = new WireWriter();
        tensor.Integer(1, (long)type.Element);
        if (type.Shape is not null)
        {
            var shape = new WireWriter();
            foreach (var dim in type.Shape) shape.Message(1, Dimension(dim));
            tensor.Message(2, shape);
        }

        var message = new WireWriter();
        message.Message(1, tensor);
        return message;
    }

    private static WireWriter Dimension(Dim dim)
    {
        var message = new WireWriter();
        if (dim.Size is { } size) message.Integer(1, size);
        else if (dim.Symbol is not null) message.Text(2, dim.Symbol);
        return message;
    }
}
