using System.IO.Compression;

namespace OnnxAudit.Data;

/// <summary>
/// Archives of .npy arrays (numpy.savez). Bounded: a member's size is checked against the archive, a ratio and the npy head
/// before memory is taken, and unpacking stops at the size declared.
/// </summary>
public static class NpzFile
{
    /// <summary>Members up to this many bytes are unpacked whatever their ratio.</summary>
    private const long AlwaysFine = 64L << 20;

    /// <summary>Above <see cref="AlwaysFine"/>, more than this times the packed size is taken for a bomb: pictures pack 1 to 10 times.</summary>
    private const long MostRatio = 100;

    /// <summary>Array names (without ".npy") and unpacked bytes, in file order.</summary>
    /// <exception cref="AuditException">Invalid: not a zip archive.</exception>
    public static IReadOnlyList<(string Name, long Length)> Members(string path)
    {
        using var archive = OpenArchive(path);
        return [.. archive.Entries.Where(e => e.FullName.EndsWith(".npy", StringComparison.Ordinal)).Select(e => (e.FullName[..^4], e.Length))];
    }

    /// <summary>One member's npy bytes; <paramref name="member"/> with or without ".npy".</summary>
    /// <exception cref="AuditException">Invalid: no such member, a damaged archive, or a member that unpacks beyond its bounds.</exception>
    public static (string Name, byte[] Bytes) ReadMember(string path, string member)
    {
        using var archive = OpenArchive(path);
        var entry = archive.GetEntry(member) ?? archive.GetEntry(member + ".npy") ?? throw new AuditException(AuditCode.Invalid, path,
            $"no array '{member}'", string.Join(", ", archive.Entries.Take(20).Select(e => e.FullName)), "Name one of these after '!'.");
        var where = $"{path}!{entry.FullName}";
        CheckBounds(entry, where);
        try
        {
            using var stream = entry.Open();
            return (entry.FullName, ReadExactly(stream, entry.Length, where));
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or IOException)
        {
            throw Damaged(where, e);
        }
    }

    private static void CheckBounds(ZipArchiveEntry entry, string where)
    {
        if (entry.Length > Array.MaxLength)
            throw Bomb(where, FormattableString.Invariant($"{entry.Length} bytes unpacked"), FormattableString.Invariant($"at most {Array.MaxLength}"));
        if (entry.Length > AlwaysFine && entry.Length / MostRatio > entry.CompressedLength)
            throw Bomb(where, FormattableString.Invariant($"{entry.CompressedLength} bytes that unpack to {entry.Length}"),
                FormattableString.Invariant($"at most {MostRatio} times the packed size above {AlwaysFine >> 20} MiB"));
    }

    /// <summary>Reads head first: what it declares must equal the entry's length before the rest is given memory.</summary>
    private static byte[] ReadExactly(Stream stream, long length, string where)
    {
        var head = new byte[(int)Math.Min(length, NpyHeader.LongestHead)];
        var got = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var header = NpyHeader.Parse(head.AsSpan(0, got), where);
        if (header.DataOffset + header.DataLength != length || got < head.Length)
            throw new AuditException(AuditCode.Invalid, where, FormattableString.Invariant($"{(got < head.Length ? got : length)} bytes"),
                FormattableString.Invariant($"{header.DataOffset + header.DataLength} bytes for {header.Type} {header.ShapeText}"),
                "The archive is damaged or its sizes lie: save it again with numpy.savez.");
        var bytes = GC.AllocateUninitializedArray<byte>((int)length);
        head.AsSpan(0, got).CopyTo(bytes);
        got += stream.ReadAtLeast(bytes.AsSpan(got), bytes.Length - got, throwOnEndOfStream: false);
        if (got < bytes.Length || stream.ReadByte() >= 0)
            throw new AuditException(AuditCode.Invalid, where,
                got < bytes.Length ? FormattableString.Invariant($"{got} bytes") : FormattableString.Invariant($"more than {length} bytes"),
                FormattableString.Invariant($"the {length} bytes declared"), "The archive is damaged or its sizes lie: save it again with numpy.savez.");
        return bytes;
    }

    private static ZipArchive OpenArchive(string path)
    {
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            _ = archive.Entries.Count;
            return archive;
        }
        catch (InvalidDataException e)
        {
            stream?.Dispose();
            throw Damaged(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw DataFault.Unreadable(path, e);
        }
    }

    private static AuditException Damaged(string where, Exception e) =>
        new(AuditCode.Invalid, where, $"a damaged archive ({e.Message})", "an .npz file", "Save it again with numpy.savez.", e);

    private static AuditException Bomb(string where, string found, string expected) =>
        new(AuditCode.Invalid, where, found, expected, "Save the array uncompressed with numpy.save and give that file.");
}
