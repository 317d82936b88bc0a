using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>One way back from a graph output: where it stopped and why.</summary>
/// <param name="Output">The graph output walked back from.</param>
/// <param name="Place">The node it stopped at, e.g. "node 'fc' (Gemm)"; "graph input 'x'" when it ran through.</param>
/// <param name="Outcome">"found: Gemm, 10 classes × 84 features", or why that node is not a classifier head.</param>
public sealed record HeadAttempt(string Output, string Place, string Outcome);

/// <summary>What the search for the classifier head found and what it tried.</summary>
/// <param name="Head">The head; null when there is none.</param>
/// <param name="Attempts">Every way tried, in graph output order.</param>
/// <param name="Source">The model's file, for messages.</param>
public sealed record HeadSearch(ClassifierHead? Head, IReadOnlyList<HeadAttempt> Attempts, string Source)
{
    /// <summary>The head.</summary>
    /// <exception cref="AuditException">Invalid: none was found; lists what was tried.</exception>
    public ClassifierHead Require() => Head ?? throw new AuditException(AuditCode.Invalid, Source,
        "no classifier head (" + string.Join("; ", Attempts.Select(a => $"from output '{a.Output}' to {a.Place}: {a.Outcome}")) + ")",
        "a last linear map (Gemm, MatMul or 1×1 Conv) before the class scores",
        "Name the node with --head NODE, or waive the geometry with --no-geometry.");
}
