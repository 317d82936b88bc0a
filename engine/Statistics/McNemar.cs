namespace OnnxAudit.Statistics;

/// <summary>
/// The exact one-sided McNemar test on paired correctness: of the samples the two models disagree on (the discordant pairs),
/// how surprising is it that so many were lost rather than gained, if each way were equally likely?
/// Source: Q. McNemar, Psychometrika 12 (1947) 153–157; exact form: the sign test.
/// </summary>
public static class McNemar
{
    /// <summary>
    /// p = P(X ≥ lost), X ~ Binomial(lost + gained, ½). <paramref name="lost"/>: right before, wrong now; <paramref name="gained"/>: wrong before, right now.
    /// Returns 1 when nothing is discordant. Relative error below 1e-10 for up to 2³⁰ pairs.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative count.</exception>
    public static double ExactOneSided(int lost, int gained)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lost);
        ArgumentOutOfRangeException.ThrowIfNegative(gained);
        return BinomialTail.UpperAtHalf(lost, (long)lost + gained);
    }

    /// <summary>
    /// The two-sided p, min(1, 2·P(X ≥ max(lost, gained))), X ~ Binomial(lost + gained, ½): is there a difference in either direction? 1 when nothing is discordant.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative count.</exception>
    public static double ExactTwoSided(int lost, int gained)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lost);
        ArgumentOutOfRangeException.ThrowIfNegative(gained);
        return Math.Min(1, 2 * BinomialTail.UpperAtHalf(Math.Max(lost, gained), (long)lost + gained));
    }

    /// <summary>The smallest p that <paramref name="discordant"/> pairs can give: 2^−discordant, when all of them are losses. 1 for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative count.</exception>
    public static double SmallestReachable(int discordant)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(discordant);
        return Math.ScaleB(1, -discordant);
    }

    /// <summary>The fewest discordant pairs that can reach a p below <paramref name="alpha"/>: ⌊log₂(1/α)⌋ + 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Alpha not in (0,1].</exception>
    public static int PairsNeeded(double alpha)
    {
        if (!(alpha is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(alpha));
        var pairs = 0;
        while (SmallestReachable(pairs) >= alpha) pairs++;
        return pairs;
    }
}
