namespace OnnxAudit.Saliency;

/// <summary>
/// Mean and standard deviation of every filter's saliency over a set, in one streaming pass (Welford, float64). Source: saliency.md §5.
/// </summary>
public sealed class SaliencyStatistics
{
    private const double Floor = 1e-14;

    private readonly double[] _mean;
    private readonly double[] _squares;

    /// <summary>Over profiles of <paramref name="filters"/> filters.</summary>
    public SaliencyStatistics(int filters) => (_mean, _squares) = (new double[filters], new double[filters]);

    /// <summary>Profiles taken.</summary>
    public long Count { get; private set; }

    /// <summary>μ of every filter.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Takes profiles [n,K], row by row.</summary>
    public void Take(ReadOnlySpan<float> profiles)
    {
        var filters = _mean.Length;
        if (filters == 0 || profiles.Length % filters != 0) throw new ArgumentException($"{profiles.Length} values for profiles of {filters}", nameof(profiles));
        for (var row = 0; row < profiles.Length; row += filters)
        {
            Count++;
            for (var k = 0; k < filters; k++)
            {
                var (value, mean) = (profiles[row + k], _mean[k]);
                var next = mean + (value - mean) / Count;
                _squares[k] += (value - mean) * (value - next);
                _mean[k] = next;
            }
        }
    }

    /// <summary>σ of a filter: the sample standard deviation (n − 1); 0 with fewer than two profiles.</summary>
    public double Deviation(int filter) => Count < 2 ? 0 : Math.Sqrt(_squares[filter] / (Count - 1));

    /// <summary>ŝ = (s − μ)/σ of one filter's saliency; a filter with σ ≤ 1e-14 (a dead one) divides by 1.</summary>
    public double Standardise(double saliency, int filter) => Standardise(saliency, _mean[filter], Deviation(filter));

    /// <summary>ŝ = (s − μ)/σ; σ ≤ 1e-14 divides by 1.</summary>
    public static double Standardise(double saliency, double mean, double deviation) => (saliency - mean) * Inverse(deviation);

    /// <summary>ŝ = (s − μ)/σ of profiles [n,K]; a filter with σ ≤ 1e-14 (a dead one) divides by 1.</summary>
    public void Standardise(ReadOnlySpan<float> profiles, Span<float> standardised)
    {
        var filters = _mean.Length;
        var inverse = new double[filters];
        for (var k = 0; k < filters; k++) inverse[k] = Inverse(Deviation(k));
        for (var i = 0; i < profiles.Length; i++) standardised[i] = (float)((profiles[i] - _mean[i % filters]) * inverse[i % filters]);
    }

    private static double Inverse(double deviation) => deviation > Floor ? 1 / deviation : 1;
}
