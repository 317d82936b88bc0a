namespace OnnxAudit.Compression;

/// <summary>What a method needs of the loss beside its gradient.</summary>
internal enum Curvature
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>F_mm, the mean over samples of the squared gradient of the sample's own loss.</summary>
    Fisher,

    /// <summary>H_mm, the diagonal of the Hessian of the mean loss, by Hutchinson's estimator.</summary>
    Hessian,
}

/// <summary>
/// A score of a weight w from g = ∂L/∂w, L the mean cross-entropy of the drawn samples with their true labels, in inference mode, and from the curvature.
/// Terms of the change of L that removing the weight makes, −g·w + ½·H_mm·w² + …; larger scores stay.
/// </summary>
/// <param name="Samples">Samples drawn where the recipe says nothing.</param>
/// <param name="Needs">The curvature.</param>
/// <param name="Score">From g, the curvature (0 without) and w.</param>
/// <param name="IsShare">Whether the scores are divided by their sum over all tensors.</param>
internal sealed record GradientMethod(int Samples, Curvature Needs, Func<double, double, double, double> Score, bool IsShare = false)
{
    /// <summary>Probes of Hutchinson's estimator where the recipe says nothing.</summary>
    public const int DefaultProbes = 32;

    /// <summary>|g·w|: first order. Signs cancel over the samples before the absolute value. Source: Molchanov et al. 2019; arXiv:2206.07918 §3.1.</summary>
    public static readonly GradientMethod Taylor = new(1024, Curvature.None, (g, _, w) => Math.Abs(g * w));

    /// <summary>½·F_mm·w²: second order, the Hessian taken as the Fisher information and g as 0. Source: Theis et al. 2018, arXiv:1801.05787.</summary>
    public static readonly GradientMethod Fisher = new(1024, Curvature.Fisher, (_, f, w) => 0.5 * f * w * w);

    /// <summary>I_m = |−g·w + ½·H_mm·w²|: first and second order. Source: arXiv:2206.07918 §3.1.</summary>
    public static readonly GradientMethod Hessian = new(1024, Curvature.Hessian, (g, h, w) => Math.Abs(-g * w + 0.5 * h * w * w));

    /// <summary>|g·w| / Σ|g·w|: the first-order score as connection sensitivity, meant for a model at its initialisation. Source: Lee et al. 2019, arXiv:1810.02340.</summary>
    public static readonly GradientMethod Snip = new(128, Curvature.None, (g, _, w) => Math.Abs(g * w), IsShare: true);
}
