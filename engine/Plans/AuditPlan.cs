using OnnxAudit.Compression;
using OnnxAudit.Saliency;

namespace OnnxAudit.Plans;

/// <summary>Every decision of an audit, made before any work: which variants, which suites, which device, which measurements.</summary>
public sealed record AuditPlan
{
    /// <summary>The models and the masks put on them, in the order of the bundle.</summary>
    public required IReadOnlyList<VariantPlan> Variants { get; init; }

    /// <summary>The datasets, in the order of the bundle.</summary>
    public required IReadOnlyList<SuitePlan> Suites { get; init; }

    /// <summary>Execution provider by its short name: "cpu", "cuda", "webgpu", …</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Options handed to the execution provider as they are.</summary>
    public IReadOnlyDictionary<string, string> DeviceOptions { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Samples per forward pass; a model with a fixed batch dimension takes its own.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>Threads of the runtime within an operator, and of the measures.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Seed of everything random that states none of its own.</summary>
    public ulong Seed { get; init; }

    /// <summary>Kernel request: "auto", "managed", "native" or a form's name.</summary>
    public string Kernels { get; init; } = "auto";

    /// <summary>Measures feature geometry (needs a classifier head).</summary>
    public bool Geometry { get; init; } = true;

    /// <summary>Margin definition, geometry.md §3: "paper", "region" or "signed".</summary>
    public string Margin { get; init; } = "paper";

    /// <summary>Adds the classifier's bias to the margin's hyper-planes.</summary>
    public bool BiasAware { get; init; }

    /// <summary>Constants of generated corruptions: "auto" (by image size) or a profile's name, docs/corruptions.md.</summary>
    public string CorruptionProfile { get; init; } = "auto";

    /// <summary>Folder of photographs for the frost corruption; null takes drawn textures, whose figures are not comparable with published ones.</summary>
    public string? Frost { get; init; }

    /// <summary>Name of the head node when the search must not choose.</summary>
    public string? Head { get; init; }

    /// <summary>How filter saliency is measured, or null: not at all (it costs some three forward passes). Its head is <see cref="Head"/>.</summary>
    public SaliencyOptions? Saliency { get; init; }

    /// <summary>Preprocessing as JSON text when a file settles it for every model; null leaves it to each model.</summary>
    public string? Preprocess { get; init; }

    /// <summary>Where <see cref="Preprocess"/> came from, for messages.</summary>
    public string? PreprocessSource { get; init; }

    /// <summary>CSV of sample groups, or null.</summary>
    public string? Groups { get; init; }

    /// <summary>CSV of user metrics per variant, or null.</summary>
    public string? Metrics { get; init; }

    /// <summary>Timed single-sample passes per variant for the latency figures; 0 leaves them out.</summary>
    public int LatencyRuns { get; init; } = 50;
}

/// <summary>A model file, as it is or with a mask on it.</summary>
/// <param name="Id">Unique in the plan; letters, digits, '.', '_' and '-'.</param>
/// <param name="Model">Path of the ONNX file.</param>
/// <param name="Mask">The mask, or null for the file as it is.</param>
public sealed record VariantPlan(string Id, string Model, MaskRecipe? Mask);

/// <summary>A dataset under an id that is unique in the plan.</summary>
/// <param name="Id">Unique in the plan; letters, digits, '.', '_' and '-'.</param>
/// <param name="Data">The DATA SPEC.</param>
/// <param name="Corruption">What is done to the images as they are read, or null: nothing.</param>
public sealed record SuitePlan(string Id, string Data, SuiteCorruption? Corruption = null);
