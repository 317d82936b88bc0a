namespace OnnxAudit.Statistics;

/// <summary>ln Γ(x).</summary>
internal static class LogGamma
{
    // From here on Stirling's series is exact to rounding.
    private const double Large = 10;

    /// <summary>ln Γ(x) for x > 0: lifted to x ≥ 10 by Γ(x+1) = x·Γ(x), then Stirling's series with seven terms (relative error of Γ below 1e-14 for x up to 100).</summary>
    internal static double Of(double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(x);
        var product = 1.0;
        for (; x < Large; x++) product *= x;
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + Series(x) - Math.Log(product);
    }

    /// <summary>ln Γ(x + by) − ln Γ(x), x, by > 0, without the cancellation of two large logarithms.</summary>
    internal static double Rise(double x, double by)
    {
        if (x < Large) return Of(x + by) - Of(x);
        var sum = x + by;
        return (x - 0.5) * LogOnePlus(by / x) + by * Math.Log(sum) - by + Series(sum) - Series(x);
    }

    /// <summary>ln(1 + y) to full precision for small y, y > −1: 1 + y is rounded, and ln(u)·y/(u − 1) takes the rounding out again (double.LogP1 does not).</summary>
    internal static double LogOnePlus(double y)
    {
        var u = 1 + y;
        return u == 1 ? y : Math.Log(u) * y / (u - 1);
    }

    private static double Series(double x)
    {
        double inverse = 1 / x, square = inverse * inverse;
        return inverse * (1.0 / 12 + square * (-1.0 / 360 + square * (1.0 / 1260 + square * (-1.0 / 1680
            + square * (1.0 / 1188 + square * (-691.0 / 360360 + square / 156))))));
    }
}
