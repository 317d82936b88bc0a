namespace OnnxAudit.Files;

/// <summary>
/// Standard LZ4 frames through the machine's liblz4: independent 64 KiB blocks, default level, content checksum.
/// `lz4 -d` and any reader of the frame format open them. With one version of the library, equal content gives equal bytes,
/// however it was cut into writes.
/// </summary>
public static class Lz4Frame
{
    /// <summary>No frame expands by more than this, so compressed length × this bounds what a reader may have to hold.</summary>
    public const int MaximumRatio = 255;

    /// <summary>A stream that compresses what is written to it into <paramref name="output"/>. The frame is closed on disposal; <paramref name="output"/> stays open.</summary>
    /// <exception cref="AuditException">Environment: liblz4 is not installed.</exception>
    public static Stream Compress(Stream output) => new Lz4CompressingStream(output);

    /// <summary>A stream that reads the one frame <paramref name="input"/> holds; <paramref name="input"/> stays open. Reading to the end proves the checksum.</summary>
    /// <param name="input">Positioned at the frame's first byte.</param>
    /// <param name="name">The file's name, for errors.</param>
    /// <exception cref="AuditException">Environment: liblz4 is not installed. Reading throws Invalid: not a frame, damaged, truncated, or bytes follow it.</exception>
    public static Stream Decompress(Stream input, string name) => new Lz4DecompressingStream(input, name);

    /// <summary>All of a file's content, when it is at most <paramref name="limit"/> bytes.</summary>
    /// <exception cref="AuditException">Invalid: unreadable, not one whole frame, or its content is longer than the limit. Environment: liblz4 is not installed.</exception>
    public static byte[] ReadFile(string path, int limit)
    {
        using var file = OpenFile(path);
        using var frame = Decompress(file, path);
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        int got;
        while ((got = frame.Read(buffer)) > 0)
        {
            if (content.Length + got > limit)
                throw new AuditException(AuditCode.Invalid, path, FormattableString.Invariant($"more than {limit} bytes of content"),
                    FormattableString.Invariant($"at most {limit}"), "The file is not what it claims to be; make it again.");
            content.Write(buffer, 0, got);
        }

        return content.ToArray();
    }

    /// <summary>Bytes of the frame that holds <paramref name="content"/>.</summary>
    /// <exception cref="AuditException">Environment: liblz4 is not installed.</exception>
    public static long CompressedSize(ReadOnlySpan<byte> content)
    {
        using var count = new LengthStream();
        using (var frame = Compress(count)) frame.Write(content);
        return count.Length;
    }

    /// <summary>Bytes of the frame that holds the rest of <paramref name="content"/>, streamed.</summary>
    /// <exception cref="AuditException">Environment: liblz4 is not installed.</exception>
    public static long CompressedSize(Stream content)
    {
        using var count = new LengthStream();
        using (var frame = Compress(count)) content.CopyTo(frame);
        return count.Length;
    }

    internal static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AuditException(AuditCode.Invalid, path, e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : e.Message,
                "a readable LZ4 file", "Check the path and its permissions, or make the file again.", e);
        }
    }

    /// <summary>Counts bytes and keeps none.</summary>
    private sealed class LengthStream : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer) => _length += buffer.Length;

        public override void Write(byte[] buffer, int offset, int count) => _length += count;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
