namespace OnnxAudit.Statistics;

/// <summary>Agreement of two yes-or-no judgements of the same samples beyond chance.</summary>
public static class CohenKappa
{
    /// <summary>
    /// κ = (p_o − p_e)/(1 − p_e): p_o the share judged alike, p_e what independent judges with the same shares of yes would reach.
    /// 1 for full agreement, 0 for chance; NaN without samples or when both judge every sample the same way.
    /// Source: J. Cohen, Educ. Psychol. Meas. 20 (1960) 37–46.
    /// </summary>
    /// <param name="both">Judged yes by both.</param>
    /// <param name="first">Judged yes by the first alone.</param>
    /// <param name="second">Judged yes by the second alone.</param>
    /// <param name="neither">Judged no by both.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative count.</exception>
    public static double Of(long both, long first, long second, long neither)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(both);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(second);
        ArgumentOutOfRangeException.ThrowIfNegative(neither);
        double n = both + first + second + neither;
        double a = (both + first) / n, b = (both + second) / n;
        var chance = a * b + (1 - a) * (1 - b);
        return ((both + neither) / n - chance) / (1 - chance);
    }
}
