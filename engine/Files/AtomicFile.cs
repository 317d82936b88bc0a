using System.Runtime.InteropServices;

namespace OnnxAudit.Files;

/// <summary>Files that are there whole or not at all: written to a temporary name in the same folder, synced, renamed, folder synced.</summary>
public static partial class AtomicFile
{
    /// <summary>Writes <paramref name="path"/> through <paramref name="write"/>. On any failure the old file, if one was there, is untouched.</summary>
    /// <exception cref="AuditException">Usage: the path is empty or names a folder. Environment: the folder cannot be written or the disk is full.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var full = path.Length == 0 ? "" : Path.GetFullPath(path);
        if (Path.GetFileName(full).Length == 0 || Directory.Exists(full) || Path.GetDirectoryName(full) is not { } folder)
            throw new AuditException(AuditCode.Usage, path, path.Length == 0 ? "an empty path" : "a folder", "the path of a file", "Add a file name to the path.");
        var temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Environment.ProcessId:x}-{Environment.CurrentManagedThreadId:x}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
            SyncFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AuditException(AuditCode.Environment, path, e.Message, "a folder that can be written and room on its disk",
                "Free space or choose another output path; nothing was changed.", e);
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }

    /// <summary>Writes bytes.</summary>
    public static void WriteBytes(string path, ReadOnlyMemory<byte> bytes) => Write(path, s => s.Write(bytes.Span));

    /// <summary>Writes UTF-8 text without a byte-order mark.</summary>
    public static void WriteText(string path, string text) => WriteBytes(path, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Makes a rename or a new entry in <paramref name="folder"/> durable. No-op where folders cannot be synced (Windows).</summary>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var fd = Open(folder, 0);
        if (fd < 0) return;
        _ = Sync(fd);
        _ = Close(fd);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int fd);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);
}
