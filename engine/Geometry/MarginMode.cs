namespace OnnxAudit.Geometry;

/// <summary>
/// Which distance the margin is, with d(i,j) = (W_i − W_j)·X / ‖W_i − W_j‖, true class y, real prediction ŷ, s = +1 if ŷ = y else −1.
/// All three agree on correct samples. Source: arXiv:2206.07918, eq. 5 and §5.1.
/// </summary>
public enum MarginMode
{
    /// <summary>s·min_j |d(y,j)|, the paper's reading.</summary>
    PaperTrueLabel,

    /// <summary>s·min_j |d(ŷ,j)|: the distance to the border of the region X lies in.</summary>
    PredictedRegion,

    /// <summary>min_j d(y,j): continuous across the border, negative when misclassified.</summary>
    SignedTrueLabel,
}

/// <summary>How geometry is measured; kept in the manifest.</summary>
/// <param name="Margin">Which distance the margin is.</param>
/// <param name="BiasAware">True adds b_i − b_j to the numerator of d(i,j); the paper leaves it out.</param>
public sealed record GeometryOptions(MarginMode Margin = MarginMode.PaperTrueLabel, bool BiasAware = false);
