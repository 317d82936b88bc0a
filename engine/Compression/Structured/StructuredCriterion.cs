namespace OnnxAudit.Compression.Structured;

/// <summary>How the importance of a channel is told, from the filters that make it.</summary>
public enum StructuredCriterion
{
    /// <summary>Σ|w| over a filter.</summary>
    L1,

    /// <summary>Σw² over a filter.</summary>
    L2,

    /// <summary>|γ| of the batch normalisations the channel passes. Source: Liu et al. 2017, arXiv:1708.06519.</summary>
    NormScale,

    /// <summary>Σ|w·g| over a filter, g the gradient of the mean loss. Source: Molchanov et al. 2019, arXiv:1906.10771.</summary>
    Taylor,

    /// <summary>(Σ w·g)² over a filter: what removing it as a whole does to the loss, to first order. Source: the same.</summary>
    TaylorSum,

    /// <summary>A uniform number.</summary>
    Random,
}

/// <summary>Names of criteria.</summary>
public static class StructuredCriteria
{
    /// <summary>Every criterion by the name users give.</summary>
    public static IReadOnlyDictionary<string, StructuredCriterion> Names { get; } = new Dictionary<string, StructuredCriterion>(StringComparer.Ordinal)
    {
        ["l1"] = StructuredCriterion.L1,
        ["l2"] = StructuredCriterion.L2,
        ["bn-scale"] = StructuredCriterion.NormScale,
        ["taylor"] = StructuredCriterion.Taylor,
        ["taylor-sum"] = StructuredCriterion.TaylorSum,
        ["random"] = StructuredCriterion.Random,
    };

    /// <summary>The name of a criterion.</summary>
    public static string NameOf(StructuredCriterion criterion) => Names.First(n => n.Value == criterion).Key;

    /// <summary>Whether a criterion takes gradients over labelled data.</summary>
    public static bool NeedsData(StructuredCriterion criterion) => criterion is StructuredCriterion.Taylor or StructuredCriterion.TaylorSum;
}
