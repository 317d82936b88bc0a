using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using OnnxAudit.Graphs;

namespace OnnxAudit.Data;

/// <summary>What the head of an .npy file says. Source: NumPy, "The NPY file format", versions 1.0 to 3.0.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Dims">Shape; empty for a scalar.</param>
/// <param name="FortranOrder">True when the first axis runs fastest.</param>
/// <param name="DataOffset">Where the elements begin, in bytes.</param>
public sealed record NpyHeader(ElementType Type, IReadOnlyList<long> Dims, bool FortranOrder, int DataOffset)
{
    /// <summary>Longest head that is read: 8 bytes before it and at most 1 MiB of text.</summary>
    internal const int LongestHead = (1 << 20) + 12;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Number of elements.</summary>
    public long Count => Tensor.CountOf(Dims.ToArray());

    /// <summary>Bytes of all elements.</summary>
    public long DataLength => Type.ByteLength(Count);

    /// <summary>Shape as text: "[3,4]".</summary>
    public string ShapeText => $"[{string.Join(',', Dims.Select(d => d.ToString(CultureInfo.InvariantCulture)))}]";

    /// <summary>Reads the head at the start of <paramref name="bytes"/>, which may end after the head.</summary>
    /// <exception cref="AuditException">Invalid: not an npy file, a version above 3, or a head that is not what NumPy writes.</exception>
    public static NpyHeader Parse(ReadOnlySpan<byte> bytes, string where)
    {
        if (bytes.Length < 10 || !bytes.StartsWith(Magic))
            throw Bad(where, bytes.Length < 10 ? FormattableString.Invariant($"{bytes.Length} bytes") : "no npy signature", "an .npy file");
        int major = bytes[6];
        if (major is < 1 or > 3) throw Bad(where, FormattableString.Invariant($"npy version {major}"), "version 1, 2 or 3");
        var textStart = major == 1 ? 10 : 12;
        if (bytes.Length < textStart) throw Bad(where, "a cut-off npy header", "an .npy file");
        long length = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (length > LongestHead - 12 || textStart + length > bytes.Length)
            throw Bad(where, FormattableString.Invariant($"a header of {length} bytes in {bytes.Length}"), "a header that fits the file and 1 MiB");
        var text = Encoding.UTF8.GetString(bytes.Slice(textStart, (int)length));
        return new NpyHeaderText(text, where).Read(textStart + (int)length);
    }

    /// <summary>The element type of a NumPy descr such as "&lt;f4"; null when it is not one of the numeric little-endian types.</summary>
    internal static ElementType? TypeOf(string descr) => descr switch
    {
        "|u1" or "<u1" or "u1" => ElementType.UInt8,
        "|i1" or "<i1" or "i1" => ElementType.Int8,
        "|b1" => ElementType.Bool,
        "<u2" => ElementType.UInt16,
        "<i2" => ElementType.Int16,
        "<u4" => ElementType.UInt32,
        "<i4" => ElementType.Int32,
        "<u8" => ElementType.UInt64,
        "<i8" => ElementType.Int64,
        "<f2" => ElementType.Float16,
        "<f4" => ElementType.Float,
        "<f8" => ElementType.Double,
        _ => null,
    };

    /// <summary>The NumPy descr of an element type.</summary>
    /// <exception cref="ArgumentException">NumPy has no such type.</exception>
    internal static string DescrOf(ElementType type) => type switch
    {
        ElementType.UInt8 => "|u1",
        ElementType.Int8 => "|i1",
        ElementType.Bool => "|b1",
        ElementType.UInt16 => "<u2",
        ElementType.Int16 => "<i2",
        ElementType.UInt32 => "<u4",
        ElementType.Int32 => "<i4",
        ElementType.UInt64 => "<u8",
        ElementType.Int64 => "<i8",
        ElementType.Float16 => "<f2",
        ElementType.Float => "<f4",
        ElementType.Double => "<f8",
        _ => throw new ArgumentException($"npy has no {type}", nameof(type)),
    };

    internal static AuditException Bad(string where, string found, string expected) =>
        new(AuditCode.Invalid, where, found, expected, "Save the array again with numpy.save.");
}
