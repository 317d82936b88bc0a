namespace OnnxAudit.Corruptions;

/// <summary>The four groups of common corruptions. Source: arXiv:1903.12261, figure 1.</summary>
public enum CorruptionCategory
{
    /// <summary>Every value changes for itself.</summary>
    Noise,

    /// <summary>Optics and movement.</summary>
    Blur,

    /// <summary>What lies between camera and object.</summary>
    Weather,

    /// <summary>What processing does.</summary>
    Digital,
}
