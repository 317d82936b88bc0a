namespace OnnxAudit.Onnx;

/// <summary>How initializers are stored when a model is written.</summary>
public sealed record OnnxWriteOptions
{
    /// <summary>Initializers to write as sparse COO tensors (linear int64 indices), and no others; null keeps each as the file it came
    /// from had it.</summary>
    public IReadOnlySet<string>? Sparse { get; init; }

    /// <summary>File name, beside the model, that takes large initializers; null keeps everything in the model.</summary>
    public string? ExternalDataFile { get; init; }

    /// <summary>Bytes from which an initializer goes to <see cref="ExternalDataFile"/>.</summary>
    public long ExternalThreshold { get; init; } = 1024;

    /// <summary>
    /// Initializers declared as external data with a location that names no file: the session that loads the model receives them in memory.
    /// </summary>
    public IReadOnlySet<string>? Externalised { get; init; }
}
