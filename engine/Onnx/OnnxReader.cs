using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>Reads ONNX models. Weights are views into the mapped file (or the given bytes) and are not read until touched.</summary>
public static class OnnxReader
{
    /// <summary>
    /// Reads a model file; external data is looked for in its folder only. The file stays mapped as long as the process lives: replace it by
    /// renaming, never by writing into it.
    /// </summary>
    /// <exception cref="AuditException">Invalid: missing, damaged, unsupported or inconsistent; names file, node and tensor.</exception>
    public static Model Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = ExternalFolder.OpenRegular(path, path, path);
        if (file.Length > int.MaxValue)
            throw new AuditException(AuditCode.Invalid, path, FormattableString.Invariant($"{file.Length} bytes"),
                "at most 2147483647, the most a protobuf message can hold",
                "Export the model with its weights as external data.");
        return Read(file.Slice(0, (int)file.Length), path, Path.GetDirectoryName(Path.GetFullPath(path)));
    }

    /// <summary>Reads a model from memory; <paramref name="source"/> names it in messages. External data needs <paramref name="externalFolder"/>.</summary>
    /// <exception cref="AuditException">Invalid: damaged, unsupported or inconsistent; names source, node and tensor.</exception>
    public static Model Read(ReadOnlyMemory<byte> bytes, string source, string? externalFolder = null) =>
        ModelReader.Read(new ReadContext(source, new ExternalFolder(externalFolder)), new WireBytes(bytes, 0));
}
