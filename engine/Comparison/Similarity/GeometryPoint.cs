namespace OnnxAudit.Comparison.Similarity;

/// <summary>A block of a similarity vector.</summary>
public enum GeometryBlock
{
    /// <summary>Angle to the true class, degrees.</summary>
    Angle,

    /// <summary>Margin, feature units.</summary>
    Margin,

    /// <summary>Length of the feature, feature units.</summary>
    Length,
}

/// <summary>Fills <paramref name="values"/> with a block's values of the samples from <paramref name="first"/> on. Called from several threads at once, for different points.</summary>
public delegate void GeometryReader(GeometryBlock block, int first, Span<float> values);

/// <summary>A point of the similarity map: one model on one suite, whose vector [3N] is its angles, margins and lengths over the suite's N samples.</summary>
/// <param name="Model">What the model is called in every suite.</param>
/// <param name="Suite">The suite.</param>
/// <param name="Samples">N; the same for all points compared, and in the same order.</param>
/// <param name="Read">Reads its columns.</param>
public sealed record GeometryPoint(string Model, string Suite, int Samples, GeometryReader Read)
{
    /// <summary>Name for messages.</summary>
    public override string ToString() => $"{Model} on {Suite}";
}
