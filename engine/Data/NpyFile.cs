using System.Globalization;
using OnnxAudit.Files;
using OnnxAudit.Graphs;

namespace OnnxAudit.Data;

/// <summary>One .npy array over a mapped file, or over memory when it had to be unpacked or reordered.</summary>
public sealed class NpyFile : IDisposable
{
    private readonly MappedFile? _map;
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly long _recordLength;

    private NpyFile(string where, NpyHeader header, MappedFile? map, ReadOnlyMemory<byte> memory)
    {
        (Where, Header, _map, _memory) = (where, header, map, memory);
        _recordLength = header.Dims.Count == 0 || header.Dims[0] == 0 ? 0 : header.DataLength / header.Dims[0];
    }

    /// <summary>File (and member) it came from, as errors name it.</summary>
    public string Where { get; }

    /// <summary>Type and shape; <see cref="NpyHeader.FortranOrder"/> is always false here, reordering is done on opening.</summary>
    public NpyHeader Header { get; }

    /// <summary>Bytes of one record, that is of one index of the first axis.</summary>
    public long RecordLength => _recordLength;

    /// <summary>Opens FILE.npy, or a member of an archive as FILE.npz!MEMBER.</summary>
    /// <exception cref="AuditException">Invalid: missing, not npy, or its length is not what its head says.</exception>
    public static NpyFile Open(string path)
    {
        var bang = path.LastIndexOf('!');
        if (bang > 0 && path.AsSpan(0, bang).EndsWith(".npz", StringComparison.OrdinalIgnoreCase))
        {
            var (member, bytes) = NpzFile.ReadMember(path[..bang], path[(bang + 1)..]);
            return OverMemory($"{path[..bang]}!{member}", bytes);
        }

        if (path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase))
            throw new AuditException(AuditCode.Usage, path, "an archive of arrays", "FILE.npz!MEMBER",
                $"Name one of its members: {string.Join(", ", NpzFile.Members(path).Select(m => m.Name))}.");
        var map = MappedFile.Open(path);
        try
        {
            var header = NpyHeader.Parse(map.Slice(0, (int)Math.Min(map.Length, NpyHeader.LongestHead)).Span, path);
            CheckLength(header, map.Length, path);
            if (!NeedsReordering(header)) return new NpyFile(path, header with { FortranOrder = false }, map, default);
            var reordered = Reordered(header, map.Slice(header.DataOffset, AsInt(header.DataLength, path)), path);
            map.Dispose();
            return reordered;
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>Reads a whole file (or archive member) as a tensor; C-order files stay a view of the map.</summary>
    /// <exception cref="AuditException">Invalid: see <see cref="Open"/>; also above 2 GiB, which one tensor cannot hold.</exception>
    public static Tensor Read(string path) => Open(path).ToTensor();

    /// <summary>An array from npy bytes already in memory.</summary>
    /// <exception cref="AuditException">Invalid: the bytes are not one whole npy array.</exception>
    public static NpyFile OverMemory(string where, ReadOnlyMemory<byte> bytes)
    {
        var header = NpyHeader.Parse(bytes.Span, where);
        CheckLength(header, bytes.Length, where);
        var data = bytes.Slice(header.DataOffset, (int)header.DataLength);
        return NeedsReordering(header) ? Reordered(header, data, where) : new NpyFile(where, header with { FortranOrder = false }, null, data);
    }

    /// <summary>The bytes of record <paramref name="index"/> along the first axis; a view.</summary>
    public ReadOnlyMemory<byte> Record(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Header.Dims.Count == 0 ? 0 : Header.Dims[0]);
        return Bytes(index * _recordLength, AsInt(_recordLength, Where));
    }

    /// <summary>All elements; a view.</summary>
    /// <exception cref="AuditException">Invalid: more than 2 GiB.</exception>
    public Tensor ToTensor() => new(Header.Type, Header.Dims.ToArray(), Bytes(0, AsInt(Header.DataLength, Where)));

    /// <inheritdoc/>
    public void Dispose() => _map?.Dispose();

    private ReadOnlyMemory<byte> Bytes(long offset, int length) =>
        _map is null ? _memory.Slice((int)offset, length) : _map.Slice(Header.DataOffset + offset, length);

    private static void CheckLength(NpyHeader header, long length, string where)
    {
        var expected = header.DataOffset + header.DataLength;
        if (expected == length) return;
        throw new AuditException(AuditCode.Invalid, where,
            FormattableString.Invariant($"{length} bytes"),
            FormattableString.Invariant($"{expected} bytes for {header.Type} {header.ShapeText}"),
            expected > length ? "The file is cut off: copy or save it again." : "The file has bytes after the array: save it again with numpy.save.");
    }

    private static int AsInt(long length, string where) => length <= Array.MaxLength
        ? (int)length
        : throw new AuditException(AuditCode.Invalid, where, FormattableString.Invariant($"{length} bytes in one piece"),
            FormattableString.Invariant($"at most {Array.MaxLength}"), "Split the array, or save it in C order.");

    private static bool NeedsReordering(NpyHeader header) => header.FortranOrder && header.Dims.Count > 1 && header.Count > 0;

    private static NpyFile Reordered(NpyHeader header, ReadOnlyMemory<byte> data, string where) =>
        new(where, header with { FortranOrder = false }, null, ToCOrder(header, data.Span, where));

    /// <summary>Copies from Fortran order: walks the target in C order with one counter per axis, so cost is one pass and no recursion.</summary>
    private static byte[] ToCOrder(NpyHeader header, ReadOnlySpan<byte> source, string where)
    {
        var size = header.Type.Bits() / 8;
        var rank = header.Dims.Count;
        var target = GC.AllocateUninitializedArray<byte>(AsInt(header.DataLength, where));
        var strides = new long[rank];
        var index = new long[rank];
        strides[0] = size;
        for (var d = 1; d < rank; d++) strides[d] = strides[d - 1] * header.Dims[d - 1];
        long at = 0;
        for (var to = 0; to < target.Length; to += size)
        {
            source.Slice((int)at, size).CopyTo(target.AsSpan(to, size));
            for (var d = rank - 1; d >= 0; d--)
            {
                at += strides[d];
                if (++index[d] < header.Dims[d]) break;
                at -= strides[d] * header.Dims[d];
                index[d] = 0;
            }
        }

        return target;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Where}: {Header.Type} {Header.ShapeText}");
}
