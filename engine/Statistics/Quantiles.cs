namespace OnnxAudit.Statistics;

/// <summary>
/// Sample quantiles by linear interpolation between order statistics: q(p) = v[k] + (h − k)·(v[k+1] − v[k]), h = (n − 1)·p, k = ⌊h⌋
/// (type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", 1996; numpy's default).
/// </summary>
public static class Quantiles
{
    /// <summary>The quantile of values in any order. NaN when there are none or one of them is NaN. <paramref name="p"/> in [0,1].</summary>
    public static double Of(ReadOnlySpan<double> values, double p)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return OfSorted(sorted, p);
    }

    /// <summary>The quantile of values in any order. NaN when there are none or one of them is NaN. <paramref name="p"/> in [0,1].</summary>
    public static double Of(ReadOnlySpan<float> values, double p)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return OfSorted(sorted, p);
    }

    /// <summary>The quantile of ascending values, NaN first as Array.Sort puts them.</summary>
    public static double OfSorted(ReadOnlySpan<double> sorted, double p)
    {
        var (k, fraction) = Place(sorted.Length, p);
        if (k < 0 || double.IsNaN(sorted[0])) return double.NaN;
        return Between(sorted[k], sorted[Math.Min(k + 1, sorted.Length - 1)], fraction);
    }

    /// <summary>The quantile of ascending values, NaN first as Array.Sort puts them.</summary>
    public static double OfSorted(ReadOnlySpan<float> sorted, double p)
    {
        var (k, fraction) = Place(sorted.Length, p);
        if (k < 0 || float.IsNaN(sorted[0])) return double.NaN;
        return Between(sorted[k], sorted[Math.Min(k + 1, sorted.Length - 1)], fraction);
    }

    private static (int Index, double Fraction) Place(int count, double p)
    {
        if (p is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(p));
        var h = (count - 1) * p;
        var k = (int)Math.Floor(h);
        return (count == 0 ? -1 : k, h - k);
    }

    // Equal ends first: two infinities have no difference.
    private static double Between(double low, double high, double fraction) =>
        fraction == 0 || low == high ? low : low + fraction * (high - low);
}
