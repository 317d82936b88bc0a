namespace OnnxAudit.Statistics;

/// <summary>The standard normal distribution's quantile function.</summary>
public static class NormalQuantile
{
    /// <summary>
    /// The z with Φ(z) = <paramref name="probability"/>; absolute error below 5e-14 for probabilities in [1e-12, 1 − 1e-12]. ±Inf at 1 and 0.
    /// A rational starting value is refined by Halley steps on Φ itself.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside [0,1] or NaN.</exception>
    public static double Of(double probability)
    {
        if (!(probability is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(probability));
        if (probability == 0) return double.NegativeInfinity;
        if (probability == 1) return double.PositiveInfinity;
        if (probability > 0.5) return -Of(1 - probability);
        // Abramowitz and Stegun 26.2.23: |error| < 4.5e-4, which two Halley steps take to rounding error.
        var t = Math.Sqrt(-2 * Math.Log(probability));
        var z = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
        for (var step = 0; step < 3; step++)
        {
            var newton = (LowerTail(z) - probability) * Math.Sqrt(2 * Math.PI) * Math.Exp(z * z / 2);
            z -= newton / (1 + z * newton / 2);
        }

        return z;
    }

    /// <summary>
    /// Φ(z) = ½·erfc(−z/√2) for z ≤ 0: the Taylor-like series φ(z)·Σ z^(2k+1)/(2k+1)!! near zero,
    /// the continued fraction of Mills' ratio further out. Source: Abramowitz and Stegun 26.2.11 and 26.2.14.
    /// </summary>
    private static double LowerTail(double z)
    {
        var density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
        var x = -z;
        if (x < 3)
        {
            double term = x, sum = x;
            for (var k = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); k++) sum += term *= x * x / (2 * k + 1);
            return 0.5 - density * sum;
        }

        var fraction = x;
        for (var k = 120; k >= 1; k--) fraction = x + k / fraction;
        return density / fraction;
    }
}
