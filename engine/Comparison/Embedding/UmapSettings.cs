namespace OnnxAudit.Comparison.Embedding;

/// <summary>How UMAP places points; the defaults are those of its authors (arXiv 1802.03426).</summary>
public sealed record UmapSettings
{
    /// <summary>Neighbours of a point, itself counted; at most one less than there are points.</summary>
    public int Neighbours { get; init; } = 15;

    /// <summary>Distance below which points of the layout count as touching, in [0, spread).</summary>
    public double MinDistance { get; init; } = 0.1;

    /// <summary>Scale of the layout.</summary>
    public double Spread { get; init; } = 1;

    /// <summary>Points pushed away for every point drawn near.</summary>
    public int NegativeSamples { get; init; } = 5;

    /// <summary>Rounds over the edges; null: 500 up to 10,000 points, else 200.</summary>
    public int? Epochs { get; init; }

    /// <summary>Seed of the start's noise and of the points pushed away.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads for the start; the layout does not depend on them.</summary>
    public int Threads { get; init; } = 1;

    internal int EpochsOf(int points) => Epochs ?? (points <= 10_000 ? 500 : 200);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Neighbours, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(MinDistance);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(MinDistance, Spread);
        ArgumentOutOfRangeException.ThrowIfNegative(NegativeSamples);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        if (Epochs is { } epochs) ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
    }
}
