namespace OnnxAudit.Corruptions;

/// <summary>
/// The Poisson distribution of one mean, held as its cumulated probabilities, and a guide that says where to begin looking. Exact to the
/// resolution of a double. mean: 0 or more, finite.
/// </summary>
public sealed class PoissonTable
{
    private const int GuideSize = 256;

    private readonly double[] _cumulated;
    private readonly int _first;
    private readonly int[] _guide = new int[GuideSize];

    /// <summary>The distribution of mean <paramref name="mean"/>.</summary>
    public PoissonTable(double mean)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mean);
        var reach = 12 * Math.Sqrt(mean) + 40; // what lies beyond has probability under 1e-16
        _first = (int)Math.Max(0, Math.Floor(mean - reach));
        _cumulated = new double[(int)(mean + reach) - _first + 1];
        var logFactorial = 0.0;
        for (var k = 2; k <= _first; k++) logFactorial += Math.Log(k);
        var sum = 0.0;
        for (var i = 0; i < _cumulated.Length; i++)
        {
            var k = _first + i;
            if (i > 0) logFactorial += Math.Log(k);
            sum += mean == 0 ? (k == 0 ? 1 : 0) : Math.Exp(k * Math.Log(mean) - mean - logFactorial);
            _cumulated[i] = sum;
        }

        for (int g = 0, at = 0; g < GuideSize; g++)
        {
            while (at < _cumulated.Length - 1 && _cumulated[at] <= (double)g / GuideSize) at++;
            _guide[g] = at;
        }
    }

    /// <summary>The least k whose cumulated probability exceeds u. u: in [0,1).</summary>
    public int Quantile(double u)
    {
        var at = _guide[(int)(u * GuideSize)];
        while (_cumulated[at] <= u && at < _cumulated.Length - 1) at++;
        return _first + at;
    }
}
