namespace OnnxAudit.Statistics;

/// <summary>The regularised incomplete beta function.</summary>
internal static class IncompleteBeta
{
    private const int MostSteps = 10_000;

    /// <summary>
    /// I_x(a,b) = ∫₀ˣ t^(a−1)(1−t)^(b−1) dt / B(a,b), a, b > 0, x and 1 − x in [0,1] (both given, so that neither is lost to rounding).
    /// Source: the continued fraction of DLMF 8.17.22 by Lentz's method, on the side where it converges fast.
    /// </summary>
    internal static double Of(double x, double complement, double a, double b)
    {
        if (x <= 0) return 0;
        if (complement <= 0) return 1;
        if (x > (a + 1) / (a + b + 2)) return 1 - Of(complement, x, b, a);
        var (large, small) = a > b ? (a, b) : (b, a);
        var front = Math.Exp(a * Log(x, complement) + b * Log(complement, x) + LogGamma.Rise(large, small) - LogGamma.Of(small)) / a;
        return front / Fraction(x, a, b);
    }

    private static double Fraction(double x, double a, double b)
    {
        double value = 1, c = 1, d = 0;
        for (var m = 0; m < MostSteps; m++)
        {
            // The coefficients come in pairs: d_{2m} (none for m = 0), then d_{2m+1}.
            var even = m == 0 ? 0 : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            if (m > 0) Step(even);
            var change = Step(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)));
            if (Math.Abs(change - 1) < 1e-15) return value;
        }

        throw new InvalidOperationException($"the incomplete beta fraction did not converge at x = {x}, a = {a}, b = {b}");

        double Step(double coefficient)
        {
            d = 1 / Nonzero(1 + coefficient * d);
            c = Nonzero(1 + coefficient / c);
            value *= c * d;
            return c * d;
        }
    }

    // An x near one has its digits in 1 − x.
    private static double Log(double x, double complement) => x < 0.5 ? Math.Log(x) : LogGamma.LogOnePlus(-complement);

    private static double Nonzero(double value) => value == 0 ? 1e-300 : value;
}
