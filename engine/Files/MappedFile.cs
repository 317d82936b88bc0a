using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace OnnxAudit.Files;

/// <summary>A file mapped read-only. Slices are views: nothing is read until touched, and they stay valid while any holder lives or until disposal.</summary>
public sealed class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly unsafe byte* _start;
    private bool _disposed;

    private unsafe MappedFile(string path, long length, MemoryMappedFile? map)
    {
        (FilePath, Length, _map) = (path, length, map);
        if (map is null) return;
        _view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = start + _view.PointerOffset;
    }

    /// <summary>The file's path as given.</summary>
    public string FilePath { get; }

    /// <summary>Bytes in the file when it was mapped.</summary>
    public long Length { get; }

    /// <summary>Maps a file.</summary>
    /// <exception cref="AuditException">Invalid: missing, a folder, a pipe, or not readable.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            if (!stream.CanSeek)
                throw new AuditException(AuditCode.Invalid, path, "not a regular file", "a file on disk", "Save the data to a file: pipes and terminals cannot be mapped.");
            if (stream.Length == 0) return new MappedFile(path, 0, null);
            var map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new MappedFile(path, stream.Length, map);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AuditException(AuditCode.Invalid, path, e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : e.Message,
                "a readable file", "Check the path and its permissions.", e);
        }
    }

    /// <summary>A view of <paramref name="length"/> bytes at <paramref name="offset"/>; it keeps the map alive.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the file.</exception>
    public unsafe ReadOnlyMemory<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (offset > Length - length) throw new ArgumentOutOfRangeException(nameof(offset), $"{offset}+{length} leaves the {Length} bytes of {FilePath}");
        return length == 0 ? ReadOnlyMemory<byte>.Empty : new View(this, _start + offset, length).Memory;
    }

    /// <summary>Unmaps the file; further calls do nothing. Slices must not be used afterwards.</summary>
    public void Dispose()
    {
        if (_view is null || Interlocked.Exchange(ref _disposed, true)) return;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map!.Dispose();
    }

    private sealed unsafe class View(MappedFile owner, byte* start, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new(start, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex, default, this);

        public override void Unpin() => GC.KeepAlive(owner);

        protected override void Dispose(bool disposing) => GC.KeepAlive(owner);
    }
}
