using System.Globalization;
using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>Writes TensorProto and SparseTensorProto. A tensor that came from a file goes back as it was, unless its storage is asked to change.</summary>
internal static class TensorWriter
{
    private const int Dims = 1, DataType = 2, Strings = 6, Name = 8, Raw = 9, Doc = 12, External = 13, Location = 14;

    /// <summary>A dense tensor in the model itself; null as name keeps the one it was read with.</summary>
    public static void Dense(WireWriter to, int field, Tensor tensor, string? name = null)
    {
        if (tensor.Storage is TensorStorage { Form: TensorForm.Raw or TensorForm.Typed } stored)
        {
            if (name is null || name == stored.Name) to.Bytes(field, stored.Message.Memory);
            else to.Message(field, Renamed(stored.Message, name));
            return;
        }

        var message = Begin(tensor, out var kept);
        if (tensor.Type == ElementType.String)
        {
            foreach (var text in tensor.Strings) message.Bytes(Strings, text);
            message.TextUnlessEmpty(Name, name ?? kept);
        }
        else
        {
            message.TextUnlessEmpty(Name, name ?? kept);
            message.Bytes(Raw, tensor.Data);
        }

        to.Message(field, message);
    }

    /// <summary>A tensor whose bytes are elsewhere: external_data with location, offset and length.</summary>
    public static void Elsewhere(WireWriter to, int field, Tensor tensor, string name, string location, long offset)
    {
        var message = Begin(tensor, out _);
        message.Text(Name, name);
        Entry("location", location);
        Entry("offset", offset.ToString(CultureInfo.InvariantCulture));
        Entry("length", tensor.Data.Length.ToString(CultureInfo.InvariantCulture));
        message.Integer(Location, 1);
        to.Message(field, message);

        void Entry(string key, string value)
        {
            var entry = new WireWriter();
            entry.Text(1, key);
            entry.Text(2, value);
            message.Message(External, entry);
        }
    }

    /// <summary>
    /// COO with linear indices. An element is left out only when all its bits are zero, so negative zero and NaN come back as they were.
    /// </summary>
    public static void Sparse(WireWriter to, int field, Tensor tensor, string? name)
    {
        if (tensor.Storage is TensorStorage { Form: TensorForm.Sparse } stored && (name is null || name == stored.Name))
        {
            to.Bytes(field, stored.Message.Memory);
            return;
        }

        var width = tensor.Type.Bits() / 8;
        var (values, indices) = NonZero(tensor.Data.Span, width);
        var message = new WireWriter();
        Dense(message, 1, new Tensor(tensor.Type, [indices.Length], values), name ?? (tensor.Storage as TensorStorage)?.Name ?? "");
        Dense(message, 2, Tensor.From<long>(ElementType.Int64, [indices.Length], indices), "");
        foreach (var d in tensor.Dims) message.Integer(3, d);
        to.Message(field, message);
    }

    private static (byte[] Values, long[] Indices) NonZero(ReadOnlySpan<byte> data, int width)
    {
        var count = 0;
        for (var at = 0; at < data.Length; at += width)
            if (data.Slice(at, width).ContainsAnyExcept((byte)0)) count++;
        var values = new byte[checked(count * width)];
        var indices = new long[count];
        for (int at = 0, i = 0; at < data.Length; at += width)
        {
            var element = data.Slice(at, width);
            if (!element.ContainsAnyExcept((byte)0)) continue;
            element.CopyTo(values.AsSpan(i * width));
            indices[i++] = at / width;
        }

        return (values, indices);
    }

    // Shape and type anew; name, doc string, metadata and unknown fields of the file it came from kept.
    private static WireWriter Begin(Tensor tensor, out string name)
    {
        var kept = new CarriedFields();
        name = "";
        if (tensor.Storage is TensorStorage { Form: not TensorForm.Sparse } stored)
        {
            name = stored.Name;
            var reader = Again(stored.Message);
            while (reader.Next())
                if (reader.Field is Doc or > Location) kept.Keep(reader);
        }

        var message = new WireWriter(kept);
        foreach (var d in tensor.Dims) message.Integer(Dims, d);
        message.Integer(DataType, (long)tensor.Type);
        return message;
    }

    private static WireWriter Renamed(WireBytes tensor, string name)
    {
        var kept = new CarriedFields();
        var reader = Again(tensor);
        while (reader.Next())
            if (reader.Field != Name) kept.Keep(reader);
        var message = new WireWriter(kept);
        message.Text(Name, name);
        return message;
    }

    // The message was read once without error, so no error can come from reading it again.
    private static WireReader Again(WireBytes message) => new(new ReadContext("memory", new ExternalFolder(null)), message, "TensorProto", 1);
}
