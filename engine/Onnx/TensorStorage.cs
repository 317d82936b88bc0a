namespace OnnxAudit.Onnx;

/// <summary>Where a file keeps a tensor's elements.</summary>
public enum TensorForm
{
    /// <summary>In raw_data, little-endian.</summary>
    Raw,

    /// <summary>In the typed field of its element type (float_data, int32_data, …).</summary>
    Typed,

    /// <summary>In another file.</summary>
    External,

    /// <summary>As non-zero values with their indices (COO).</summary>
    Sparse,
}

/// <summary>How the file a tensor came from stored it; found in <see cref="Graphs.Tensor.Storage"/>.</summary>
public sealed class TensorStorage
{
    internal TensorStorage(TensorForm form, string name, WireBytes message) => (Form, Name, Message) = (form, name, message);

    /// <summary>The form.</summary>
    public TensorForm Form { get; }

    /// <summary>The tensor's name in that file.</summary>
    public string Name { get; }

    /// <summary>For <see cref="TensorForm.External"/>: the data file's path relative to the model's folder.</summary>
    public string? Location { get; internal init; }

    /// <summary>Bytes that the elements take in the file, indices of a sparse tensor included.</summary>
    public long StoredBytes { get; internal init; }

    /// <summary>The TensorProto or SparseTensorProto, to be written back as it is.</summary>
    internal WireBytes Message { get; }
}
