using System.Buffers.Binary;
using System.IO.Compression;
using OnnxAudit.Files;

namespace OnnxAudit.Data;

/// <summary>
/// An IDX file of unsigned bytes, plain or gzip: 0, 0, 8, rank, the dimensions as big-endian 32-bit numbers, the bytes.
/// Source: LeCun, Cortes, Burges, "The MNIST database", file formats.
/// </summary>
internal sealed class IdxFile : IDisposable
{
    /// <summary>Deflate cannot pack better than this; what claims to is not believed.</summary>
    private const long MostDeflateRatio = 1032;

    /// <summary>As in <see cref="NpzFile"/>: up to this many bytes are unpacked whatever their ratio.</summary>
    private const long AlwaysFine = 64L << 20;

    /// <summary>As in <see cref="NpzFile"/>: above <see cref="AlwaysFine"/>, more than this times the packed size is taken for a bomb.</summary>
    private const long MostRatio = 100;

    private readonly MappedFile _map;
    private readonly ReadOnlyMemory<byte> _unpacked;
    private readonly int _start;

    private IdxFile(string path, MappedFile map, ReadOnlyMemory<byte> unpacked, int[] dims) =>
        (FilePath, _map, _unpacked, Dims, _start) = (path, map, unpacked, dims, 4 + 4 * dims.Length);

    public string FilePath { get; }

    public int[] Dims { get; }

    /// <summary>Opens a file of <paramref name="rank"/> dimensions.</summary>
    /// <exception cref="AuditException">Invalid: missing, of another kind, damaged, cut off, too long, or gzip that unpacks beyond its bounds.</exception>
    public static IdxFile Open(string path, int rank)
    {
        var map = MappedFile.Open(path);
        try
        {
            if (map.Length == 0) throw DataFault.Empty(path);
            var packed = map.Length >= 2 && map.Slice(0, 2).Span is [0x1F, 0x8B];
            var head = new byte[4 + 4 * rank];
            using var stream = packed ? Unpacking(map) : null;
            var got = packed ? Read(stream!, head, path) : (int)Math.Min(head.Length, map.Length);
            if (!packed) map.Slice(0, got).Span.CopyTo(head);
            var dims = Head(head.AsSpan(0, got), rank, path);
            var length = Product(dims, path);
            if (!packed)
            {
                if (map.Length != head.Length + length) throw Length(path, map.Length, head.Length + length);
                return new IdxFile(path, map, default, dims);
            }

            if (length / MostDeflateRatio > map.Length) throw Length(path, map.Length, head.Length + length);
            if (length > AlwaysFine && length / MostRatio > map.Length) throw Bomb(path, map.Length, length);
            var unpacked = GC.AllocateUninitializedArray<byte>((int)length);
            got = Read(stream!, unpacked, path);
            if (got != length || Read(stream!, new byte[1], path) > 0) throw Length(path, got == length ? length + head.Length + 1 : got + head.Length, head.Length + length);
            return new IdxFile(path, map, unpacked, dims);
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of one index of the first axis.</summary>
    public ReadOnlySpan<byte> Record(int index, int length) => _unpacked.IsEmpty
        ? _map.Slice(_start + (long)index * length, length).Span
        : _unpacked.Span.Slice(index * length, length);

    public void Dispose() => _map.Dispose();

    private static GZipStream Unpacking(MappedFile map) =>
        new(new FileStream(map.FilePath, FileMode.Open, FileAccess.Read, FileShare.Read), CompressionMode.Decompress);

    private static int Read(Stream stream, Span<byte> bytes, string path)
    {
        try
        {
            return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw new AuditException(AuditCode.Invalid, path, $"damaged gzip data ({e.Message})", "an IDX file, plain or gzip",
                "The file is damaged: copy or download it again.", e);
        }
    }

    private static int[] Head(ReadOnlySpan<byte> head, int rank, string path)
    {
        if (head.Length < 4 || head[0] != 0 || head[1] != 0 || head[2] != 8 || head[3] != rank)
            throw new AuditException(AuditCode.Invalid, path, $"magic {Convert.ToHexStringLower(head[..Math.Min(4, head.Length)])}",
                FormattableString.Invariant($"0000080{rank} (unsigned bytes in {rank} dimensions)"), "Give idx:IMAGES,LABELS in this order.");
        if (head.Length < 4 + 4 * rank) throw Length(path, head.Length, 4 + 4 * rank);
        var dims = new int[rank];
        for (var d = 0; d < rank; d++)
        {
            var dim = BinaryPrimitives.ReadUInt32BigEndian(head[(4 + 4 * d)..]);
            if (dim is 0 or > int.MaxValue) throw dim == 0 ? DataFault.Empty(path) : Length(path, dim, int.MaxValue);
            dims[d] = (int)dim;
        }

        return dims;
    }

    private static long Product(int[] dims, string path)
    {
        long product = 1;
        foreach (var d in dims)
        {
            product *= d; // below 2^62: checked to fit an array after every factor
            if (product > Array.MaxLength) throw DataFault.Length(path, $"dimensions {string.Join('×', dims)}", "at most 2 GiB of pixels");
        }

        return product;
    }

    private static AuditException Bomb(string path, long packed, long unpacked) => new(AuditCode.Invalid, path,
        FormattableString.Invariant($"{packed} bytes that unpack to {unpacked}"),
        FormattableString.Invariant($"at most {MostRatio} times the packed size above {AlwaysFine >> 20} MiB"), "Unpack the file with gunzip and give that one.");

    private static AuditException Length(string path, long found, long expected) => DataFault.Length(path,
        FormattableString.Invariant($"{found} bytes"), FormattableString.Invariant($"the {expected} bytes its head declares"));
}
