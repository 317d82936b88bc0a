using System.Security.Cryptography;
using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Graphs;

namespace OnnxAudit.Bundles;

/// <summary>
/// Reads one column from its start, rows as they are asked for: memory does not grow with the column. The head must state the type and shape
/// that were promised; reading to the end proves the LZ4 checksum and, when one was promised, the SHA-256.
/// </summary>
public sealed class ColumnReader : IDisposable
{
    private const long LargestWhole = 1L << 30;

    private readonly string _path;
    private readonly string? _sha256;
    private readonly FileStream _file;
    private readonly Stream _frame;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _left;

    internal ColumnReader(string path, ElementType type, IReadOnlyList<long> dims, string? sha256)
    {
        (_path, Type, Dims, _sha256) = (path, type, dims, sha256);
        _file = Lz4Frame.OpenFile(path);
        try
        {
            _frame = Lz4Frame.Decompress(_file, path);
            _left = ByteLength(path, type, dims, _file.Length);
            ReadHead();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Element type.</summary>
    public ElementType Type { get; }

    /// <summary>Shape, rows first.</summary>
    public IReadOnlyList<long> Dims { get; }

    /// <summary>Fills <paramref name="bytes"/> with the next elements (little-endian, C order).</summary>
    /// <exception cref="AuditException">Invalid: the file is damaged, shorter or longer than its shape, or (at the end) not what the bundle's digest says.</exception>
    /// <exception cref="ArgumentException">More is asked for than is left.</exception>
    public void Read(Span<byte> bytes)
    {
        if (bytes.Length > _left) throw new ArgumentException("more than the column has left", nameof(bytes));
        if (bytes.IsEmpty) return;
        Fill(bytes, "elements");
        _left -= bytes.Length;
        if (_left == 0) CheckEnd();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hash.Dispose();
        _frame?.Dispose();
        _file.Dispose();
    }

    /// <summary>A whole column of at most 1 GiB.</summary>
    internal static Tensor ReadWhole(string path, ElementType type, IReadOnlyList<long> dims, string? sha256)
    {
        using var reader = new ColumnReader(path, type, dims, sha256);
        if (reader._left > LargestWhole) throw new InvalidOperationException($"{path} holds more than 1 GiB; read it in rows with OpenColumn");
        var bytes = new byte[reader._left];
        reader.Read(bytes);
        return new Tensor(type, dims.ToArray(), bytes);
    }

    /// <summary>Reads to the end for the sake of the checks alone.</summary>
    internal static void Prove(string path, ElementType type, IReadOnlyList<long> dims, string? sha256)
    {
        using var reader = new ColumnReader(path, type, dims, sha256);
        var buffer = new byte[1 << 16];
        while (reader._left > 0) reader.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, reader._left)));
    }

    /// <summary>SHA-256 of a file's uncompressed bytes, streamed.</summary>
    internal static string DigestOf(string path)
    {
        using var file = Lz4Frame.OpenFile(path);
        using var frame = Lz4Frame.Decompress(file, path);
        return Convert.ToHexStringLower(SHA256.HashData(frame));
    }

    private static long ByteLength(string path, ElementType type, IReadOnlyList<long> dims, long fileLength)
    {
        Int128 bytes = type.Bits() / 8;
        foreach (var dim in dims)
            if ((bytes *= dim) > long.MaxValue) break;
        // LZ4 cannot expand by more than MaximumRatio, so a shape the file cannot hold is refused before anything is allocated.
        if (bytes > (Int128)fileLength * Lz4Frame.MaximumRatio)
            throw Wrong(path, FormattableString.Invariant($"{fileLength} compressed bytes"), FormattableString.Invariant($"{bytes} bytes of elements, as its shape says"));
        return (long)bytes;
    }

    private void ReadHead()
    {
        var expected = NpyWriter.Header(Type, Dims.ToArray());
        var head = new byte[expected.Length];
        Fill(head, "npy head");
        if (!head.AsSpan().SequenceEqual(expected))
            throw Wrong(_path, "another npy head", FormattableString.Invariant($"{NpyHeader.DescrOf(Type)} [{string.Join(',', Dims)}] in C order, as the bundle wrote it"));
        if (_left == 0) CheckEnd();
    }

    private void Fill(Span<byte> bytes, string what)
    {
        var got = _frame.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (got < bytes.Length) throw Wrong(_path, $"too few bytes for its {what}", "the whole column");
        _hash.AppendData(bytes);
    }

    private void CheckEnd()
    {
        Span<byte> one = stackalloc byte[1];
        if (_frame.Read(one) > 0) throw Wrong(_path, "bytes after the last element", "the end of the column");
        if (_sha256 is null) return;
        var found = Convert.ToHexStringLower(_hash.GetHashAndReset());
        if (found != _sha256) throw Wrong(_path, $"SHA-256 {found} of the content", _sha256);
    }

    private static AuditException Wrong(string path, string found, string expected) =>
        new(AuditCode.Invalid, path, found, expected, "The bundle is damaged or was changed; copy it again or make it again.");
}
