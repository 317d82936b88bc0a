using System.Buffers;
using System.Globalization;
using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// Reads TensorProto. Numbers in raw_data or in a packed fixed-width field stay views; dimensions and lengths are held against each other
/// before anything is allocated. NaN and infinity are data like any other.
/// </summary>
internal static class TensorReader
{
    private const int Dims = 1, DataType = 2, Segment = 3, Name = 8, External = 13, Location = 14;
    private const int ExternalLocation = 1;

    /// <summary>A tensor with its name; the place in <paramref name="context"/> is set to the tensor while it is read.</summary>
    public static (string Name, Tensor Tensor) Read(ReadContext context, WireBytes bytes, int depth)
    {
        var parts = Parse(context, bytes, depth);
        context.Enter($"tensor '{parts.Name}'");
        var tensor = Build(context, parts, bytes);
        context.Leave();
        return (parts.Name, tensor);
    }

    private static Parts Parse(ReadContext context, WireBytes bytes, int depth)
    {
        var parts = new Parts();
        var reader = new WireReader(context, bytes, "TensorProto", depth);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case Dims: ReadIntegers(ref reader, parts.Dims); break;
                case DataType: parts.Type = (ElementType)reader.Small(); break;
                case Segment: parts.IsSegment = true; break;
                case Name: parts.Name = reader.Text(); break;
                case External: parts.External.Add(ReadEntry(context, reader.Payload(), reader.Inner)); break;
                case Location: parts.IsExternal = reader.Small() == ExternalLocation; break;
                case TypedData.RawData: parts.Raw = reader.Payload(); break;
                case TypedData.StringData: parts.Strings.Add(reader.Payload().Memory); break;
                case TypedData.FloatData: parts.Add(ref reader, WireType.Fixed32); break;
                case TypedData.DoubleData: parts.Add(ref reader, WireType.Fixed64); break;
                case TypedData.Int32Data or TypedData.Int64Data or TypedData.UInt64Data: parts.Add(ref reader, WireType.Varint); break;
            }
        }

        parts.EndLoose();
        return parts;
    }

    /// <summary>A StringStringEntryProto.</summary>
    public static KeyValuePair<string, string> ReadEntry(ReadContext context, WireBytes bytes, int depth)
    {
        string key = "", value = "";
        var reader = new WireReader(context, bytes, "StringStringEntryProto", depth);
        while (reader.Next())
        {
            if (reader.Field == 1) key = reader.Text();
            if (reader.Field == 2) value = reader.Text();
        }

        return new(key, value);
    }

    /// <summary>Appends a repeated integer's present entry or packed run.</summary>
    public static void ReadIntegers(ref WireReader reader, List<long> to)
    {
        if (!reader.IsPacked)
        {
            to.Add(reader.Integer());
            return;
        }

        var run = reader.Payload().Memory.Span;
        for (var position = 0; position < run.Length;)
        {
            if (!WireReader.TryVarint(run, ref position, out var number)) throw reader.Wrong("a cut-off number", "whole varints");
            to.Add(unchecked((long)number));
        }
    }

    /// <summary>Elements of a shape. The dimensions that are not zero must not overflow either, so that no part of a shape ever does.</summary>
    public static long CountOf(ReadContext context, IReadOnlyList<long> dims)
    {
        if (dims.Any(d => d < 0)) throw context.Invalid($"shape [{Shown(dims)}]", "no negative dimension");
        long count = 1;
        foreach (var d in dims.Where(d => d != 0))
            count = count <= long.MaxValue / d ? count * d : throw context.Invalid($"shape [{Shown(dims)}]", "fewer than 2^63 elements");
        return dims.Contains(0) ? 0 : count;
    }

    private static Tensor Build(ReadContext context, Parts parts, WireBytes bytes)
    {
        var (type, dims) = (parts.Type, parts.Dims.ToArray());
        if (type == ElementType.Undefined || (type != ElementType.String && type.Bits() == 0))
            throw context.Invalid(FormattableString.Invariant($"element type {(int)type}"), "one of ONNX's element types, 1 to 26");
        if (parts.IsSegment) throw context.Invalid("a segment of a tensor", "a whole tensor", "Export the model with unsegmented tensors.");
        var count = CountOf(context, dims);
        if (type == ElementType.String) return Strings(context, parts, dims, count, bytes);
        var length = count <= (long.MaxValue - 7) / type.Bits() ? type.ByteLength(count) : long.MaxValue;
        if (length > int.MaxValue)
            throw context.Invalid(FormattableString.Invariant($"{type} [{Shown(dims)}], {length} bytes"),
                "at most 2147483647 bytes in one tensor", "Split the tensor.");
        if (parts.Strings.Count > 0) throw context.Invalid("string_data", $"data of {type}");
        if (parts.IsExternal) return FromFile(context, parts, dims, (int)length, bytes);
        if (parts.Raw is { Length: > 0 } raw)
        {
            if (parts.TypedField != 0) throw context.Invalid($"both raw_data and {TypedData.NameOf(parts.TypedField)}", "one of them");
            if (raw.Length != length)
                throw context.Invalid(FormattableString.Invariant($"{raw.Length} bytes of raw_data"),
                    FormattableString.Invariant($"{length} for {type} [{Shown(dims)}]"));
            return new Tensor(type, dims, raw.Memory) { Storage = new TensorStorage(TensorForm.Raw, parts.Name, bytes) { StoredBytes = length } };
        }

        if (parts.TypedField != 0 && parts.TypedField != TypedData.FieldOf(type))
            throw context.Invalid(TypedData.NameOf(parts.TypedField), $"{TypedData.NameOf(TypedData.FieldOf(type))} or raw_data for {type}");
        if (parts.MixedFields) throw context.Invalid("more than one data field", "one");
        var form = parts.Raw is null ? TensorForm.Typed : TensorForm.Raw;
        var data = TypedData.Read(context, type, count, parts.Typed);
        return new Tensor(type, dims, data)
        {
            Storage = new TensorStorage(form, parts.Name,
            bytes)
            { StoredBytes = parts.Typed.Sum(p => (long)p.Length) }
        };
    }

    private static Tensor Strings(ReadContext context, Parts parts, long[] dims, long count, WireBytes bytes)
    {
        if (parts.IsExternal || parts.Raw is { Length: > 0 } || parts.TypedField != 0)
            throw context.Invalid("numeric or external data", "string_data for String");
        if (parts.Strings.Count != count)
            throw context.Invalid(FormattableString.Invariant($"{parts.Strings.Count} strings"),
                FormattableString.Invariant($"{count} for [{Shown(dims)}]"));
        return new Tensor(dims, parts.Strings)
        {
            Storage = new TensorStorage(TensorForm.Typed, parts.Name, bytes) { StoredBytes = parts.Strings.Sum(s => (long)s.Length) },
        };
    }

    private static Tensor FromFile(ReadContext context, Parts parts, long[] dims, int length, WireBytes bytes)
    {
        if (parts.Raw is { Length: > 0 } || parts.TypedField != 0) throw context.Invalid("data in the model and in an external file", "one of them");
        var location = parts.External.Find(e => e.Key == "location").Value
            ?? throw context.Invalid("external data without a location", "a file name");
        var offset = Number(context, parts, "offset") ?? 0;
        var stated = Number(context, parts, "length") ?? length;
        if (stated != length)
            throw context.Invalid(FormattableString.Invariant($"an external length of {stated} bytes"),
                FormattableString.Invariant($"{length} for {parts.Type} [{Shown(dims)}]"));
        var storage = new TensorStorage(TensorForm.External, parts.Name, bytes) { Location = location, StoredBytes = length };
        if (length == 0) return new Tensor(parts.Type, dims, ReadOnlyMemory<byte>.Empty) { Storage = storage };
        var file = context.External.Open(location, context);
        if (offset > file.Length - length)
            throw context.Invalid(FormattableString.Invariant($"bytes {offset} to {(UInt128)offset + (UInt128)length} of '{location}'"),
                FormattableString.Invariant($"a range within its {file.Length} bytes"),
                    "The data file is cut short or belongs to another model.");
        return new Tensor(parts.Type, dims, file.Slice(offset, length)) { Storage = storage };
    }

    private static long? Number(ReadContext context, Parts parts, string key)
    {
        if (parts.External.Find(e => e.Key == key).Value is not { } text) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw context.Invalid($"external {key} '{text}'", "a whole number of bytes, 0 or more");
    }

    private static string Shown(IReadOnlyList<long> dims) =>
        string.Join(',', dims.Take(12).Select(d => d.ToString(CultureInfo.InvariantCulture))) + (dims.Count > 12 ? ",…" : "");

    private sealed class Parts
    {
        private ArrayBufferWriter<byte>? _loose;

        public List<long> Dims { get; } = [];

        public ElementType Type { get; set; }

        public bool IsSegment { get; set; }

        public string Name { get; set; } = "";

        public List<KeyValuePair<string, string>> External { get; } = [];

        public bool IsExternal { get; set; }

        public WireBytes? Raw { get; set; }

        public List<ReadOnlyMemory<byte>> Strings { get; } = [];

        public int TypedField { get; private set; }

        public bool MixedFields { get; private set; }

        public List<WireBytes> Typed { get; } = [];

        /// <summary>Takes a packed run as a view; unpacked entries are gathered without their tags, which gives the same run of numbers.</summary>
        public void Add(ref WireReader reader, WireType wire)
        {
            var piece = reader.IsPacked ? reader.Payload() : reader.Bare(wire);
            if (piece.Length == 0) return;
            MixedFields |= TypedField != 0 && TypedField != reader.Field;
            TypedField = reader.Field;
            if (reader.IsPacked)
            {
                EndLoose();
                Typed.Add(piece);
                return;
            }

            _loose ??= new ArrayBufferWriter<byte>();
            _loose.Write(piece.Memory.Span);
        }

        public void EndLoose()
        {
            if (_loose is not null) Typed.Add(new WireBytes(_loose.WrittenMemory, 0));
            _loose = null;
        }
    }
}
