using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Runtime;

namespace OnnxAudit.Families;

/// <summary>What operations work with.</summary>
/// <param name="Runtime">ONNX Runtime.</param>
/// <param name="Threads">Threads of one operation; results depend on them, by rounding.</param>
/// <param name="Clock">For rates and the time left.</param>
/// <param name="ToolVersion">Version of the program, for the lineage.</param>
public sealed record OperationMeans(OrtLibrary Runtime, int Threads, TimeProvider Clock, string ToolVersion);

/// <summary>How far an operation is.</summary>
/// <param name="Share">0 to 1.</param>
/// <param name="Text">What it is at, for people.</param>
public readonly record struct OperationProgress(double Share, string Text);

/// <summary>One operation on one model.</summary>
/// <param name="Arguments">
/// The parameters as an object that holds only names the operation declares, grids resolved; the place for messages is the step in the recipe. Data and Settings
/// are the family's where the step has none, files are full paths. Models are paths of their files; before work of files with their graph, or of files not there yet.
/// </param>
/// <param name="Means">What to work with.</param>
public sealed record OperationCall(JsonFields Arguments, OperationMeans Means)
{
    /// <summary>The model to change. Before work: a file with the graph that the parent will have; null when no such file exists yet.</summary>
    public string? ParentPath { get; init; }

    /// <summary>The model to write.</summary>
    public string OutPath { get; init; } = "";

    /// <summary>A folder for checkpoints, which outlives an interruption and goes when the model is written; null: none.</summary>
    public string? WorkFolder { get; init; }

    /// <summary>Told how far the operation is; null: nobody asks.</summary>
    public IProgress<OperationProgress>? Progress { get; init; }

    /// <summary>Ends the operation early.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>A DATA SPEC that must be there.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="purpose">What it is for, as in "images to calibrate on".</param>
    /// <exception cref="AuditException">Usage: neither the step nor the family names data.</exception>
    public string Data(string name, string purpose) => Arguments.Text(name)
        ?? throw new AuditException(AuditCode.Usage, Arguments.Where, $"no {name}", $"{purpose}, a DATA SPEC", $"Add '{name}: SPEC' to the step or to the family.");

    /// <summary>The preprocessing settings under <c>preprocess</c>; null: as the model's metadata or the JSON beside it says.</summary>
    /// <exception cref="AuditException">Invalid: no such settings.</exception>
    public Preprocessing? Preprocessing() => Arguments.Element("preprocess") is { } settings ? OnnxAudit.Data.Preprocessing.Parse(settings.GetRawText(), $"{Arguments.Where}, preprocess") : null;

    /// <summary>The seed, 0 without one.</summary>
    public ulong Seed() => (ulong)(Arguments.Integer("seed", 0, long.MaxValue) ?? 0);

    /// <summary>A whole number, or <paramref name="otherwise"/>. Its range is the operation's own to check.</summary>
    public int Whole(string name, int otherwise) => (int)(Arguments.Integer(name, int.MinValue, int.MaxValue) ?? otherwise);

    /// <summary>One of several names, or <paramref name="otherwise"/>.</summary>
    /// <exception cref="AuditException">Usage: another name.</exception>
    public T Choice<T>(string name, IReadOnlyDictionary<string, T> choices, T otherwise) => Arguments.Text(name) is not { } text ? otherwise
        : choices.TryGetValue(text, out var value) ? value
        : throw new AuditException(AuditCode.Usage, $"{Arguments.Where}, {name}", $"'{text}'", $"one of {string.Join(", ", choices.Keys)}", "Choose one of these.");
}
