using OnnxAudit.Plans;
using OnnxAudit.Runs;

namespace OnnxAudit.Bundles;

/// <summary>The inference library that ran.</summary>
/// <param name="Name">"onnxruntime".</param>
/// <param name="Version">As the library states it.</param>
/// <param name="Provider">Execution provider, e.g. "CPUExecutionProvider".</param>
public sealed record RuntimeEntry(string Name, string Version, string Provider);

/// <summary>A model file that was audited.</summary>
/// <param name="Id">Unique in the plan.</param>
/// <param name="Path">As the plan names it.</param>
/// <param name="Sha256">Of the file's bytes, hex.</param>
/// <param name="Bytes">File length.</param>
public sealed record ModelEntry(string Id, string Path, string Sha256, long Bytes);

/// <summary>A suite's dataset.</summary>
/// <param name="Id">Suite id, unique in the plan.</param>
/// <param name="Spec">The DATA SPEC.</param>
/// <param name="Sha256">Of everything that decides the samples and their groups, hex.</param>
/// <param name="Count">Samples.</param>
/// <param name="Classes">Classes.</param>
/// <param name="Corruption">Which cell of a corruption grid it is, generated or of a published suite; null for data as they are.</param>
public sealed record DatasetEntry(string Id, string Spec, string Sha256, int Count, int Classes, SuiteCorruption? Corruption = null);

/// <summary>A variant and how it was made: a row of the lineage.</summary>
/// <param name="Id">Unique in the plan; what <see cref="Cell.Variant"/> names.</param>
/// <param name="Model">Id of its model file.</param>
/// <param name="Parent">Id of the variant it was made from; null for a root or a parent outside the plan.</param>
/// <param name="Operation">What made it, e.g. "magnitude pruning"; null when unknown.</param>
/// <param name="ParametersJson">The operation's parameters, a JSON object.</param>
/// <param name="Metrics">The user's own metrics of this variant (energy, a device's latency); usable in checks and reports like those of its cells.</param>
public sealed record VariantEntry(string Id, string Model, string? Parent, string? Operation, string ParametersJson,
    IReadOnlyList<KeyValuePair<string, double>> Metrics);

/// <summary>
/// What was asked for, with what, and (once finished) what came out. Holds no clock, host or output path:
/// the same plan, seed, kernels, runtime, threads and batch give the same manifest bytes.
/// </summary>
public sealed record BundleManifest
{
    /// <summary>Names the format and its version.</summary>
    public const string Schema = "onnxaudit.bundle/1";

    /// <summary>Version of this program.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The inference library.</summary>
    public required RuntimeEntry Runtime { get; init; }

    /// <summary>Kernel to the form that ran ("geometry" → "avx2").</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Kernels { get; init; }

    /// <summary>CPU features that decide kernel forms ("avx2", "fma").</summary>
    public required IReadOnlyList<string> CpuFeatures { get; init; }

    /// <summary>Execution device, e.g. "cpu".</summary>
    public required string Device { get; init; }

    /// <summary>Inference threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Samples per forward pass.</summary>
    public required int Batch { get; init; }

    /// <summary>Seed of everything random.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The resolved preprocessing, JSON text.</summary>
    public required string PreprocessingJson { get; init; }

    /// <summary>The plan, JSON text.</summary>
    public required string PlanJson { get; init; }

    /// <summary>Model files.</summary>
    public required IReadOnlyList<ModelEntry> Models { get; init; }

    /// <summary>One dataset per suite.</summary>
    public required IReadOnlyList<DatasetEntry> Datasets { get; init; }

    /// <summary>The lineage.</summary>
    public IReadOnlyList<VariantEntry> Variants { get; init; } = [];

    /// <summary>Every cell of the plan in plan order, those of other shards included.</summary>
    public required IReadOnlyList<Cell> Cells { get; init; }

    /// <summary>"i/n": this bundle runs cells i, i+n, i+2n, … of <see cref="Cells"/>. Null for the whole plan.</summary>
    public string? Shard { get; init; }

    /// <summary>Relative path ('/' separated) to SHA-256 of the uncompressed bytes, sorted by ordinal path. Empty until finished; timing.json, markers and this file are not in it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Files { get; init; } = [];

    /// <summary>SHA-256 of manifest.json with these 64 digits as zeros; it covers <see cref="Files"/> and all the rest. Null until finished.</summary>
    public string? Digest { get; init; }

    /// <summary>The cells this bundle is to run: all of them, or its shard's.</summary>
    public IEnumerable<Cell> OwnCells()
    {
        var (index, of) = Shard is null ? Runs.Shard.Whole : Runs.Shard.Parse(Shard);
        for (var i = index; i < Cells.Count; i += of) yield return Cells[i];
    }
}
