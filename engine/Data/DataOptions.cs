namespace OnnxAudit.Data;

/// <summary>What opening a dataset may need besides its spec. The samples themselves follow from the spec alone: a run's seed does not change its data.</summary>
public sealed record DataOptions
{
    /// <summary>Resize, crop, channel count and class names; null leaves images as they are.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>Classes of the model: a label at or above it is an error that names the record. Null checks only what the format itself says.</summary>
    public int? ClassCount { get; init; }
}
