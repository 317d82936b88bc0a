using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>Reads ONNX models. Weights are views into the mapped file (or the given bytes) and are not read until touched.</summary>
public static class OnnxReader
{
    /// <summary>Reads a model file; external data is looked for in its folder only.</summary>
    /// <exception cref="AuditException">Invalid: missing, damaged, unsupported or inconsistent; names file, node and tensor.</exception>
    public static Model Read(string path) => throw new NotImplementedException();

    /// <summary>Reads a model from memory; <paramref name="source"/> names it in messages. External data needs <paramref name="externalFolder"/>.</summary>
    /// <exception cref="AuditException">Invalid: damaged, unsupported or inconsistent; names source, node and tensor.</exception>
    public static Model Read(ReadOnlyMemory<byte> bytes, string source, string? externalFolder = null) => throw new NotImplementedException();
}
