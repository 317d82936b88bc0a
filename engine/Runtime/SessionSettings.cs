namespace OnnxAudit.Runtime;

/// <summary>How far ONNX Runtime rewrites the graph before it runs.</summary>
public enum OptimisationLevel
{
    /// <summary>As the file says.</summary>
    None = 0,

    /// <summary>Folding of constants and removal of what has no effect.</summary>
    Basic = 1,

    /// <summary>Also fusions for the provider.</summary>
    Extended = 2,

    /// <summary>Also changes of memory layout.</summary>
    All = 99,
}

/// <summary>What a session is made with. Two sessions of equal settings on one machine give equal results.</summary>
public sealed record SessionSettings
{
    /// <summary>Threads within an operator; 0 lets ONNX Runtime choose.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Operators that may run side by side; 1 runs them in order, 0 lets ONNX Runtime choose.</summary>
    public int InterOpThreads { get; init; } = 1;

    /// <summary>Graph optimisation.</summary>
    public OptimisationLevel Level { get; init; } = OptimisationLevel.All;

    /// <summary>Execution provider: cpu, cuda, tensorrt, webgpu, xnnpack, openvino, qnn, coreml, dml, …, in any case.</summary>
    public string Provider { get; init; } = ExecutionProvider.Cpu;

    /// <summary>Options of the provider, its own keys and values.</summary>
    public IReadOnlyDictionary<string, string> ProviderOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Asks operators for their deterministic form where they have a faster one that is not.</summary>
    public bool Deterministic { get; init; }

    /// <summary>Session configuration entries, ONNX Runtime's own keys (session.…).</summary>
    public IReadOnlyDictionary<string, string> Config { get; init; } = new Dictionary<string, string>();

    /// <summary>Start of the profile file's path; null: no profile.</summary>
    public string? ProfilePrefix { get; init; }
}
