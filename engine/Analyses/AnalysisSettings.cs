using OnnxAudit.Statistics;

namespace OnnxAudit.Analyses;

/// <summary>Every decision of an analysis.</summary>
public sealed record AnalysisSettings
{
    /// <summary>Resamples, confidence and seed of the intervals.</summary>
    public BootstrapOptions Bootstrap { get; init; } = new();

    /// <summary>The variant that those without a known parent count as made from; null: each is a root of its own.</summary>
    public string? Base { get; init; }

    /// <summary>The variant whose corruption errors others are divided by; null: each one's root.</summary>
    public string? Reference { get; init; }

    /// <summary>Pairs of vectors of the random angles.</summary>
    public int RandomPairs { get; init; } = 10_000;

    /// <summary>Changed pairs, confusions and instances kept a comparison.</summary>
    public int Top { get; init; } = 20;
}
