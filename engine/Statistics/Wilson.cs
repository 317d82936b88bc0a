namespace OnnxAudit.Statistics;

/// <summary>Wilson's score interval for a proportion.</summary>
public static class Wilson
{
    /// <summary>
    /// (p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n), z the two-sided normal quantile of <paramref name="confidence"/>.
    /// Returns fractions in [0,1]; (NaN, NaN) when <paramref name="n"/> is 0.
    /// Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 0 ≤ successes ≤ n, or confidence not in (0,1).</exception>
    public static (double Low, double High) Interval(long successes, long n, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, n);
        if (!(confidence is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(confidence));
        if (n == 0) return (double.NaN, double.NaN);
        var z = NormalQuantile.Of(0.5 + confidence / 2);
        double share = (double)successes / n, z2 = z * z / n;
        var centre = share + z2 / 2;
        var half = z * Math.Sqrt(share * (1 - share) / n + z2 / (4 * n));
        var low = successes == 0 ? 0 : (centre - half) / (1 + z2);
        var high = successes == n ? 1 : (centre + half) / (1 + z2);
        return (Math.Max(0, low), Math.Min(1, high));
    }
}
