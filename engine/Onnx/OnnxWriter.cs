using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>Writes models in ONNX's protobuf form. Fields that the graph does not model are written back as they were read.</summary>
public static class OnnxWriter
{
    /// <summary>Writes a model file, and its external data file when asked for, each whole or not at all.</summary>
    /// <exception cref="AuditException">Usage: over 2 GB without external data, or an option that does not fit. Environment: the disk.</exception>
    public static void Write(Model model, string path, OnnxWriteOptions? options = null) => throw new NotImplementedException();

    /// <summary>The model as bytes, at most 2 GB.</summary>
    /// <exception cref="AuditException">Usage: over 2 GB, or an option that does not fit.</exception>
    public static byte[] ToBytes(Model model, OnnxWriteOptions? options = null) => throw new NotImplementedException();
}
