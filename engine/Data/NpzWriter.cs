using System.IO.Compression;
using OnnxAudit.Files;
using OnnxAudit.Graphs;

namespace OnnxAudit.Data;

/// <summary>Writes archives of .npy arrays, as numpy.savez_compressed does. The same arrays give the same bytes: no member carries a time of day.</summary>
public static class NpzWriter
{
    // The earliest time a zip archive can hold.
    private static readonly DateTimeOffset Fixed = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes arrays under their names, atomically.</summary>
    /// <exception cref="AuditException">Environment: the file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<KeyValuePair<string, Tensor>> arrays) => AtomicFile.Write(path, stream =>
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, tensor) in arrays)
        {
            var entry = archive.CreateEntry($"{name}.npy");
            entry.LastWriteTime = Fixed;
            using var member = entry.Open();
            NpyWriter.Write(member, tensor.Type, tensor.Dims, tensor.Data.Span);
        }
    });
}
