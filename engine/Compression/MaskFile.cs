using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using OnnxAudit.Files;

namespace OnnxAudit.Compression;

/// <summary>
/// The mask file, little-endian: 8 bytes magic "OAMASKS\n"; uint32 version 1; uint32 length of the index; the index, UTF-8 JSON
/// <c>{"masks":[{"tensor":NAME,"count":N,"kept":K},…]}</c>; each mask's ⌈N/8⌉ bytes in index order (weight i is bit i mod 8, low first,
/// 1 = kept, spare bits 0); 32 bytes SHA-256 of everything before it.
/// </summary>
internal static class MaskFile
{
    private const uint Version = 1;
    private const int Head = 16;
    private const int Sum = 32;

    private static ReadOnlySpan<byte> Magic => "OAMASKS\n"u8;

    /// <summary>The file without its checksum: the canonical bytes of a set.</summary>
    public static byte[] Body(MaskSet masks)
    {
        var index = Index(masks);
        var body = new byte[Head + index.Length + masks.Sum(m => (long)m.Bits.Length)];
        Magic.CopyTo(body);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(12), (uint)index.Length);
        index.CopyTo(body.AsSpan(Head));
        var at = Head + index.Length;
        foreach (var mask in masks)
        {
            mask.Bits.CopyTo(body.AsSpan(at));
            at += mask.Bits.Length;
        }

        return body;
    }

    /// <summary>The whole file.</summary>
    public static byte[] Bytes(MaskSet masks)
    {
        var body = Body(masks);
        return [.. body, .. SHA256.HashData(body)];
    }

    /// <summary>Reads and checks a file.</summary>
    public static MaskSet Read(string path)
    {
        using var map = MappedFile.Open(path);
        if (map.Length < Head + Sum || map.Length > int.MaxValue) throw Bad(path, FormattableString.Invariant($"{map.Length} bytes"), "a mask file");
        var all = map.Slice(0, (int)map.Length).Span;
        if (!all.StartsWith(Magic)) throw Bad(path, "another kind of file", "one that starts with OAMASKS");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(all[8..]);
        if (version != Version)
            throw new AuditException(AuditCode.Invalid, path, FormattableString.Invariant($"mask file version {version}"), "version 1",
                "Read it with the program version that wrote it.");
        if (!SHA256.HashData(all[..^Sum]).AsSpan().SequenceEqual(all[^Sum..])) throw Bad(path, "a checksum that does not match the content", "an unchanged file");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(all[12..]);
        if (length > all.Length - Head - Sum) throw Bad(path, FormattableString.Invariant($"an index of {length} bytes"), "one that fits the file");
        return Masks(path, all.Slice(Head, (int)length), all[(Head + (int)length)..^Sum]);
    }

    private static MaskSet Masks(string path, ReadOnlySpan<byte> index, ReadOnlySpan<byte> bits)
    {
        try
        {
            using var json = JsonDocument.Parse(index.ToArray());
            var masks = new List<Mask>();
            foreach (var row in json.RootElement.GetProperty("masks").EnumerateArray())
            {
                var (name, count) = (row.GetProperty("tensor").GetString()!, row.GetProperty("count").GetInt64());
                var length = count < 0 ? -1 : Mask.ByteLength(count);
                if (length < 0 || length > bits.Length) throw Bad(path, FormattableString.Invariant($"a mask of {count} weights for '{name}'"), "one that fits the file");
                var mask = new Mask(name, count, bits[..(int)length]);
                if (mask.Kept != row.GetProperty("kept").GetInt64()) throw Bad(path, FormattableString.Invariant($"{mask.Kept} kept weights of '{name}'"), "as many as the index says");
                masks.Add(mask);
                bits = bits[(int)length..];
            }

            if (bits.Length > 0) throw Bad(path, FormattableString.Invariant($"{bits.Length} bytes after the last mask"), "none");
            return new MaskSet(masks);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw Bad(path, $"a damaged index ({e.Message})", "the index the file format describes", e);
        }
    }

    private static ReadOnlySpan<byte> Index(MaskSet masks)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("masks");
            foreach (var mask in masks)
            {
                json.WriteStartObject();
                json.WriteString("tensor", mask.Tensor);
                json.WriteNumber("count", mask.Count);
                json.WriteNumber("kept", mask.Kept);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    private static AuditException Bad(string path, string found, string expected, Exception? inner = null) =>
        new(AuditCode.Invalid, path, found, expected, "Make the masks again with prune.", inner);
}
