using System.Collections.Concurrent;

namespace OnnxAudit.Corruptions;

/// <summary>
/// SciPy's gaussian_filter: radius ⌊truncate·σ + ½⌋, weights exp(−k²/2σ²) normalised, rows then columns, never across channels, float64.
/// Source: scipy.ndimage, scikit-image filters.gaussian.
/// </summary>
internal sealed class GaussianFilter
{
    private static readonly ConcurrentDictionary<(double Sigma, double Truncate), GaussianFilter> Known = [];

    private readonly double[] _weights;

    private GaussianFilter(double sigma, double truncate)
    {
        Radius = (int)(truncate * sigma + 0.5);
        var half = new double[Radius + 1];
        for (var k = 0; k <= Radius; k++) half[k] = sigma == 0 ? 1 : Math.Exp(-0.5 / (sigma * sigma) * k * k);
        var sum = NumpySum.Of([.. half.Reverse(), .. half.Skip(1)]);
        _weights = [.. half.Select(w => w / sum)];
    }

    /// <summary>Pixels to either side that count; 0 changes nothing.</summary>
    public int Radius { get; }

    /// <summary>The filter of a σ in pixels.</summary>
    public static GaussianFilter Of(double sigma, double truncate = 4) => Known.GetOrAdd((sigma, truncate), static key => new GaussianFilter(key.Sigma, key.Truncate));

    /// <summary>Filters a plane [height, width · channels] in place, both ways or down the columns only.</summary>
    public void Apply(CorruptionCall call, Span<double> plane, int height, int width, int channels, Border border = Border.Edge, bool columnsOnly = false)
    {
        if (Radius == 0) return;
        var between = call.Doubles(plane.Length);
        Down(call, plane, between, height, width * channels, border);
        if (columnsOnly) between.CopyTo(plane);
        else Across(call, between, plane, height, width, channels, border);
    }

    /// <summary>Filters down the columns of a plane [height, row]. into: other memory.</summary>
    public void Down(CorruptionCall call, ReadOnlySpan<double> plane, Span<double> into, int height, int row, Border border)
    {
        var offsets = call.Ints(2 * Radius + 1);
        for (var y = 0; y < height; y++)
        {
            for (var k = 0; k < offsets.Length; k++) offsets[k] = border.Index(y + k - Radius, height) * row;
            Taps.SymmetricSum(plane, offsets, _weights, into.Slice(y * row, row));
        }
    }

    /// <summary>Filters along the rows of a plane [height, width · channels]. into: this plane or other memory.</summary>
    public void Across(CorruptionCall call, ReadOnlySpan<double> plane, Span<double> into, int height, int width, int channels, Border border)
    {
        var row = width * channels;
        var offsets = call.Ints(2 * Radius + 1);
        for (var k = 0; k < offsets.Length; k++) offsets[k] = k * channels;
        var padded = call.Doubles(row + 2 * Radius * channels);
        for (var y = 0; y < height; y++)
        {
            border.PadRow(plane.Slice(y * row, row), channels, Radius, padded);
            Taps.SymmetricSum(padded, offsets, _weights, into.Slice(y * row, row));
        }
    }
}
