using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>What a ModelProto held beside what the model models, and its operator-set and metadata entries as they were.</summary>
internal sealed record ModelCarried(
    CarriedFields Fields, IReadOnlyList<(KeyValuePair<string, long> Pair, ReadOnlyMemory<byte> Message)> Opsets,
    IReadOnlyList<(KeyValuePair<string, string> Pair, ReadOnlyMemory<byte> Message)> Metadata);

/// <summary>Reads ModelProto. Functions, training information and whatever newer versions add are carried through unread.</summary>
internal static class ModelReader
{
    public const int IrVersion = 1, ProducerName = 2, ProducerVersion = 3, GraphField = 7, Opset = 8, Metadata = 14;

    private const int OldestIr = 3, OldestOpset = 7, NewestOpset = 26;

    public static Model Read(ReadContext context, WireBytes bytes)
    {
        var graph = new WirePieces();
        var carried = new CarriedFields();
        var opsets = new List<(KeyValuePair<string, long>, ReadOnlyMemory<byte>)>();
        var metadata = new List<(KeyValuePair<string, string>, ReadOnlyMemory<byte>)>();
        long ir = 0;
        string producer = "", version = "";
        var reader = new WireReader(context, bytes, "ModelProto", 1);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case IrVersion: ir = reader.Integer(); break;
                case ProducerName: producer = carried.Text(reader); break;
                case ProducerVersion: version = carried.Text(reader); break;
                case GraphField: graph.Add(reader.Payload()); break;
                case Opset: opsets.Add((ReadOpset(context, reader.Payload(), reader.Inner), reader.Payload().Memory)); break;
                case Metadata: metadata.Add((TensorReader.ReadEntry(context, reader.Payload(), reader.Inner), reader.Payload().Memory)); break;
                default: carried.Keep(reader); break;
            }
        }

        if (!graph.Any)
            throw context.Invalid("no graph", "an ONNX model", "Check that the file is an ONNX model and was copied whole.");
        if (ir < OldestIr)
            throw context.Invalid(FormattableString.Invariant($"IR version {ir}"), FormattableString.Invariant($"{OldestIr} or newer"),
                "Export the model with a newer exporter.");
        var model = new Model(GraphReader.Read(context, graph.Join(), reader.Inner, null))
        {
            Source = context.Source,
            IrVersion = ir,
            ProducerName = producer,
            ProducerVersion = version,
            Carried = new ModelCarried(carried, opsets, metadata),
        };
        model.Opsets.AddRange(opsets.Select(o => o.Item1));
        model.Metadata.AddRange(metadata.Select(m => m.Item1));
        CheckOpset(context, model);
        return model;
    }

    private static KeyValuePair<string, long> ReadOpset(ReadContext context, WireBytes bytes, int depth)
    {
        var domain = "";
        long version = 0;
        var reader = new WireReader(context, bytes, "OperatorSetIdProto", depth);
        while (reader.Next())
        {
            if (reader.Field == 1) domain = reader.Text();
            if (reader.Field == 2) version = reader.Integer();
        }

        return new(domain, version);
    }

    private static void CheckOpset(ReadContext context, Model model)
    {
        if (model.Opset == 0 && model.Graph.Nodes.All(n => n.Domain is not ("" or "ai.onnx"))) return;
        if (model.Opset is < OldestOpset or > NewestOpset)
            throw context.Invalid(model.Opset == 0 ? "no version of ONNX's operator set" : FormattableString.Invariant($"operator set {model.Opset}"),
                FormattableString.Invariant($"{OldestOpset} to {NewestOpset}"), "Export the model with an operator set in that range.");
    }
}
