using OnnxAudit.Files;
using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>Writes models in ONNX's protobuf form. Fields that the graph does not model are written back as they were read.</summary>
public static class OnnxWriter
{
    /// <summary>
    /// Writes a model file, and its external data file when asked for, each whole or not at all: the data first, then the model that names it.
    /// </summary>
    /// <exception cref="AuditException">Usage: over 2 GB without external data, or an option that does not fit. Environment: the disk.</exception>
    public static void Write(Model model, string path, OnnxWriteOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new OnnxWriteOptions();
        var (message, plan) = Build(model, options);
        if (plan.External.Count > 0)
        {
            var data = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".", options.ExternalDataFile!);
            if (data == Path.GetFullPath(path))
                throw new AuditException(AuditCode.Usage, path, "the external data file to be the model itself", "two file names",
                    "Change one of them.");
            AtomicFile.Write(data, stream => WriteExternal(stream, plan));
        }

        AtomicFile.Write(path, stream =>
        {
            foreach (var piece in message.Finish()) stream.Write(piece.Span);
        });
    }

    /// <summary>The model as bytes, at most 2 GB.</summary>
    /// <exception cref="AuditException">Usage: over 2 GB, an external data file (there is no folder to put it in), or an option that does
    /// not fit.</exception>
    public static byte[] ToBytes(Model model, OnnxWriteOptions? options = null)
    {
        if (options?.ExternalDataFile is { } file)
            throw new AuditException(AuditCode.Usage, model.Source, $"external data file '{file}' for a model in memory",
                "no external file", "Write the model to a file.");
        var (message, _) = Build(model, options ?? new OnnxWriteOptions());
        if (message.Length > Array.MaxLength) throw TooLong(model, message.Length);
        var bytes = new byte[message.Length];
        var at = 0;
        foreach (var piece in message.Finish())
        {
            piece.CopyTo(bytes.AsMemory(at));
            at += piece.Length;
        }

        return bytes;
    }

    private static (WireWriter Message, StoragePlan Plan) Build(Model model, OnnxWriteOptions options)
    {
        var plan = new StoragePlan(model, options);
        var carried = model.Carried as ModelCarried;
        var to = new WireWriter(carried?.Fields);
        to.Integer(ModelReader.IrVersion, model.IrVersion);
        to.TextUnlessEmpty(ModelReader.ProducerName, model.ProducerName);
        to.TextUnlessEmpty(ModelReader.ProducerVersion, model.ProducerVersion);
        to.Message(ModelReader.GraphField, GraphWriter.Graph(model.Graph, plan));
        Entries(to, ModelReader.Opset, model.Opsets, carried?.Opsets, (entry, pair) =>
        {
            entry.Text(1, pair.Key);
            entry.Integer(2, pair.Value);
        });
        Entries(to, ModelReader.Metadata, model.Metadata, carried?.Metadata, (entry, pair) =>
        {
            entry.Text(1, pair.Key);
            entry.Text(2, pair.Value);
        });
        to.Finish();
        if (to.Length > int.MaxValue) throw TooLong(model, to.Length);
        return (to, plan);
    }

    private static AuditException TooLong(Model model, long length) =>
        new(AuditCode.Usage, model.Source, FormattableString.Invariant($"{length} bytes to write"),
            "at most 2147483647, the most a protobuf message can hold", "Write the weights to an external data file.");

    // A pair that is still as it was read goes back as it was, unknown fields included; each entry is used once.
    private static void Entries<T>(
        WireWriter to, int field, List<KeyValuePair<string, T>> pairs,
            IReadOnlyList<(KeyValuePair<string, T> Pair, ReadOnlyMemory<byte> Message)>? read,
        Action<WireWriter, KeyValuePair<string, T>> write) where T : notnull
    {
        var left = (read ?? []).GroupBy(e => (e.Pair.Key, e.Pair.Value)).ToDictionary(g => g.Key, g =>
            new Queue<ReadOnlyMemory<byte>>(g.Select(e => e.Message)));
        foreach (var pair in pairs)
        {
            if (left.TryGetValue((pair.Key, pair.Value), out var same) && same.TryDequeue(out var message))
            {
                to.Bytes(field, message);
                continue;
            }

            var entry = new WireWriter();
            write(entry, pair);
            to.Message(field, entry);
        }
    }

    private static void WriteExternal(Stream stream, StoragePlan plan)
    {
        Span<byte> zeros = stackalloc byte[64];
        zeros.Clear();
        foreach (var (tensor, offset) in plan.External)
        {
            while (stream.Position < offset) stream.Write(zeros[..(int)Math.Min(zeros.Length, offset - stream.Position)]);
            stream.Write(tensor.Data.Span);
        }
    }
}
