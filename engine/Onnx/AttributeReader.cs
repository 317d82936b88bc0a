using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>What an AttributeProto held beside its name, kind and value; whether lists were packed, type and value written at all.</summary>
internal sealed record AttributeCarried(CarriedFields Fields, bool IsPacked, bool HasType, bool HasValue);

/// <summary>Reads AttributeProto. The kind comes from the type field, or, in files without it, from the one value field there is.</summary>
internal static class AttributeReader
{
    public const int Name = 1, Doc = 13, Type = 20, Reference = 21;

    private static readonly (AttributeKind Kind, int Field)[] ValueFields =
    [
        (AttributeKind.Float, 2), (AttributeKind.Int, 3), (AttributeKind.String, 4), (AttributeKind.Tensor, 5), (AttributeKind.Graph, 6),
        (AttributeKind.Floats, 7), (AttributeKind.Ints, 8), (AttributeKind.Strings, 9), (AttributeKind.Tensors, 10), (AttributeKind.Graphs, 11),
        (AttributeKind.SparseTensor, 22), (AttributeKind.SparseTensors, 23), (AttributeKind.TypeProto, 14), (AttributeKind.TypeProtos, 15),
    ];

    /// <summary>The field that holds a kind's value.</summary>
    public static int FieldOf(AttributeKind kind) => Array.Find(ValueFields, f => f.Kind == kind).Field;

    public static NodeAttribute Read(ReadContext context, WireBytes bytes, int depth, Graph around)
    {
        var (name, kind, reference, hasType) = ReadHead(context, bytes, depth);
        context.Enter($"attribute '{name}'");
        var carried = new CarriedFields();
        var values = new Values();
        var field = FieldOf(kind);
        var reader = new WireReader(context, bytes, "AttributeProto", depth);
        while (reader.Next())
        {
            if (reader.Field is Name or Type or Reference) continue;
            if (reader.Field == field) values.Add(context, kind, ref reader, around);
            else carried.Keep(reader);
        }

        if (reference is { Length: 0 }) carried.MarkPresent(Reference);
        var attribute = new NodeAttribute(name, kind, values.Finish(context, kind, reference is { Length: > 0 }, reader.Inner, around))
        {
            RefName = reference is { Length: > 0 } ? reference : null,
            Carried = new AttributeCarried(carried, values.IsPacked, hasType, values.Any),
        };
        context.Leave();
        return attribute;
    }

    private static (string Name, AttributeKind Kind, string? Reference, bool HasType) ReadHead(ReadContext context, WireBytes bytes, int depth)
    {
        string name = "";
        string? reference = null;
        int? type = null;
        var guess = AttributeKind.Undefined;
        var several = false;
        var reader = new WireReader(context, bytes, "AttributeProto", depth);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case Name: name = reader.Text(); break;
                case Type: type = reader.Small(); break;
                case Reference: reference = reader.Text(); break;
                default:
                    var kind = KindOf(reader.Field);
                    if (kind == AttributeKind.Undefined) break;
                    several |= guess != AttributeKind.Undefined && guess != kind;
                    guess = kind;
                    break;
            }
        }

        if (name.Length == 0) throw context.Invalid("an attribute without a name", "a name");
        if (type is not null and not 0)
            return (name, type is >= 1 and <= 14 ? (AttributeKind)type
                : throw context.Invalid(FormattableString.Invariant($"attribute '{name}' of type {type}"), "1 to 14"), reference, true);
        if (several) throw context.Invalid($"attribute '{name}' with several values and no type", "a type");
        if (guess == AttributeKind.Undefined && string.IsNullOrEmpty(reference))
            throw context.Invalid($"attribute '{name}' without a value", "a value");
        return (name, guess, reference, type is not null);
    }

    private static AttributeKind KindOf(int field) => Array.Find(ValueFields, f => f.Field == field).Kind;

    /// <summary>The value under construction: protobuf lets a list come in any number of pieces.</summary>
    private sealed class Values
    {
        private readonly List<long> _integers = [];
        private readonly List<float> _singles = [];
        private readonly List<ReadOnlyMemory<byte>> _bytes = [];
        private readonly List<Tensor> _tensors = [];
        private readonly List<Graph> _graphs = [];
        private readonly WirePieces _message = new();
        private object? _scalar;

        public bool Any { get; private set; }

        public bool IsPacked { get; private set; }

        public void Add(ReadContext context, AttributeKind kind, ref WireReader reader, Graph around)
        {
            Any = true;
            switch (kind)
            {
                case AttributeKind.Float: _scalar = reader.Single(); break;
                case AttributeKind.Int: _scalar = reader.Integer(); break;
                case AttributeKind.String: _scalar = reader.Payload().Memory; break;
                case AttributeKind.Tensor or AttributeKind.Graph or AttributeKind.SparseTensor or AttributeKind.TypeProto:
                    _message.Add(reader.Payload());
                    break;
                case AttributeKind.Floats:
                    IsPacked |= reader.IsPacked;
                    AddSingles(ref reader);
                    break;
                case AttributeKind.Ints:
                    IsPacked |= reader.IsPacked;
                    TensorReader.ReadIntegers(ref reader, _integers);
                    break;
                case AttributeKind.Strings or AttributeKind.TypeProtos: _bytes.Add(reader.Payload().Memory); break;
                case AttributeKind.Tensors: _tensors.Add(TensorReader.Read(context, reader.Payload(), reader.Inner).Tensor); break;
                case AttributeKind.SparseTensors: _tensors.Add(SparseReader.Read(context, reader.Payload(), reader.Inner).Tensor); break;
                default: _graphs.Add(GraphReader.Read(context, reader.Payload(), reader.Inner, around)); break;
            }
        }

        public object? Finish(ReadContext context, AttributeKind kind, bool isReference, int depth, Graph around) => kind switch
        {
            _ when isReference && !Any => null,
            AttributeKind.Float => _scalar ?? 0f,
            AttributeKind.Int => _scalar ?? 0L,
            AttributeKind.String => _scalar ?? ReadOnlyMemory<byte>.Empty,
            AttributeKind.Floats => _singles.ToArray(),
            AttributeKind.Ints => _integers.ToArray(),
            AttributeKind.Strings or AttributeKind.TypeProtos => _bytes.ToArray(),
            AttributeKind.Tensors or AttributeKind.SparseTensors => _tensors.ToArray(),
            AttributeKind.Graphs => _graphs.ToArray(),
            _ when !_message.Any => throw context.Invalid($"no {kind}", $"a {kind}"),
            AttributeKind.Tensor => TensorReader.Read(context, _message.Join(), depth).Tensor,
            AttributeKind.SparseTensor => SparseReader.Read(context, _message.Join(), depth).Tensor,
            AttributeKind.Graph => GraphReader.Read(context, _message.Join(), depth, around),
            _ => _message.Join().Memory,
        };

        private void AddSingles(ref WireReader reader)
        {
            if (!reader.IsPacked)
            {
                _singles.Add(reader.Single());
                return;
            }

            var run = reader.Payload().Memory.Span;
            if (run.Length % 4 != 0) throw reader.Wrong(FormattableString.Invariant($"{run.Length} bytes of packed floats"), "a multiple of 4");
            for (var at = 0; at < run.Length; at += 4) _singles.Add(System.Buffers.Binary.BinaryPrimitives.ReadSingleLittleEndian(run[at..]));
        }
    }
}
