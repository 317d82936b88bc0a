namespace OnnxAudit.Corruptions;

/// <summary>
/// The Poisson distribution of one mean, held as its cumulated probabilities from where they exceed 2⁻³⁴ to where they are within 2⁻³⁴ of 1, and a guide
/// that says where to begin looking. Exact to the 32 bits of a draw. mean: 0 or more, finite.
/// </summary>
public sealed class PoissonTable
{
    private const int GuideSize = 64;
    private const double Resolution = 1.0 / (1L << 34);

    private readonly double[] _cumulated;
    private readonly int _first;
    private readonly short[] _guide = new short[GuideSize];

    /// <summary>The distribution of mean <paramref name="mean"/>.</summary>
    public PoissonTable(double mean)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mean);
        var kept = new List<double>();
        var (sum, logFactorial) = (0.0, 0.0);
        for (var k = 0; sum < 1 - Resolution; k++)
        {
            if (k > 0) logFactorial += Math.Log(k);
            sum += mean == 0 ? 1 : Math.Exp(k * Math.Log(mean) - mean - logFactorial);
            if (sum > Resolution) kept.Add(sum);
            else _first = k + 1;
        }

        _cumulated = [.. kept];
        for (int g = 0, at = 0; g < GuideSize; g++)
        {
            while (at < _cumulated.Length - 1 && _cumulated[at] <= (double)g / GuideSize) at++;
            _guide[g] = (short)at;
        }
    }

    /// <summary>The least k whose cumulated probability exceeds u. u: in [0,1).</summary>
    public int Quantile(double u)
    {
        var at = (int)_guide[(int)(u * GuideSize)];
        while (at < _cumulated.Length - 1 && _cumulated[at] <= u) at++;
        return _first + at;
    }
}
