using System.Buffers.Binary;
using System.Globalization;
using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// Elements given in a typed field of TensorProto instead of raw_data: which field belongs to which element type, how many field entries a
/// tensor takes, and their turning into the tensor's bytes. A fixed-width field given in one piece is a view, not a copy.
/// </summary>
internal static class TypedData
{
    public const int FloatData = 4, Int32Data = 5, StringData = 6, Int64Data = 7, RawData = 9, DoubleData = 10, UInt64Data = 11;

    /// <summary>The typed field that holds a given element type; 0 for none.</summary>
    public static int FieldOf(ElementType type) => type switch
    {
        ElementType.Float or ElementType.Complex64 => FloatData,
        ElementType.Double or ElementType.Complex128 => DoubleData,
        ElementType.Int64 => Int64Data,
        ElementType.UInt32 or ElementType.UInt64 => UInt64Data,
        ElementType.String => StringData,
        ElementType.Undefined => 0,
        _ => Int32Data,
    };

    /// <summary>Field entries that <paramref name="count"/> elements take: two floats per complex number, one int32 per packed byte.</summary>
    public static long EntriesOf(ElementType type, long count) => type switch
    {
        ElementType.Complex64 or ElementType.Complex128 => checked(count * 2),
        _ => type.Bits() is > 0 and < 8 ? type.ByteLength(count) : count,
    };

    /// <summary>The bytes of a tensor from the pieces of its typed field; <paramref name="pieces"/> are packed runs or single unpacked entries.</summary>
    public static ReadOnlyMemory<byte> Read(ReadContext context, ElementType type, long count, IReadOnlyList<WireBytes> pieces)
    {
        var field = FieldOf(type);
        var entries = EntriesOf(type, count);
        var width = field switch { FloatData => 4, DoubleData => 8, _ => 0 };
        var found = pieces.Sum(p => width > 0 ? (long)p.Length / width : VarintsIn(p.Memory.Span));
        if (found != entries || (width > 0 && pieces.Any(p => p.Length % width != 0)))
            throw context.Invalid(string.Create(CultureInfo.InvariantCulture, $"{found} entries in {NameOf(field)}"),
                string.Create(CultureInfo.InvariantCulture, $"{entries} for {count} elements of {type}"),
                    "The file is damaged: copy or export it again.");
        if (width > 0 && pieces.Count == 1) return pieces[0].Memory;
        var bytes = new byte[type.ByteLength(count)];
        var at = 0;
        foreach (var piece in pieces)
        {
            if (width > 0)
            {
                piece.Memory.CopyTo(bytes.AsMemory(at));
                at += piece.Length;
                continue;
            }

            for (var position = 0; position < piece.Length;)
            {
                if (!WireReader.TryVarint(piece.Memory.Span, ref position, out var number))
                    throw context.Invalid($"a cut-off number in {NameOf(field)}", "whole varints");
                at += Put(context, type, unchecked((long)number), bytes.AsSpan(at));
            }
        }

        return bytes;
    }

    /// <summary>The name of a data field in ONNX's own words.</summary>
    public static string NameOf(int field) => field switch
    {
        FloatData => "float_data",
        Int32Data => "int32_data",
        StringData => "string_data",
        Int64Data => "int64_data",
        RawData => "raw_data",
        DoubleData => "double_data",
        _ => "uint64_data",
    };

    private static long VarintsIn(ReadOnlySpan<byte> span)
    {
        long count = 0;
        foreach (var b in span) count += b < 0x80 ? 1 : 0;
        return count;
    }

    // Narrow types may be written signed or unsigned: -1 and 255 are the same byte. Anything that would lose bits is refused.
    private static int Put(ReadContext context, ElementType type, long value, Span<byte> to)
    {
        var bits = Math.Max(8, type.Bits());
        if (FieldOf(type) == Int32Data) value = unchecked((int)value);
        if (bits < 64 && (value >= 1L << bits || value < -(1L << (bits - 1))))
            throw context.Invalid(string.Create(CultureInfo.InvariantCulture, $"{value} in {NameOf(FieldOf(type))}"), $"values that fit {type}");
        switch (bits)
        {
            case 8: to[0] = unchecked((byte)value); break;
            case 16: BinaryPrimitives.WriteUInt16LittleEndian(to, unchecked((ushort)value)); break;
            case 32: BinaryPrimitives.WriteUInt32LittleEndian(to, unchecked((uint)value)); break;
            default: BinaryPrimitives.WriteInt64LittleEndian(to, value); break;
        }

        return bits / 8;
    }
}
