namespace OnnxAudit.Statistics;

/// <summary>A family of tests under Holm's correction, ready to answer "what if one of them had come out smaller".</summary>
public sealed class HolmFamily
{
    private readonly double[] _adjusted;
    private readonly double[] _sorted;
    private readonly double[] _highestBefore;

    /// <summary>The family of these p values.</summary>
    /// <exception cref="ArgumentException">A value is NaN or outside [0,1].</exception>
    public HolmFamily(ReadOnlySpan<double> p)
    {
        _adjusted = Holm.Adjust(p);
        _sorted = p.ToArray();
        Array.Sort(_sorted);
        _highestBefore = new double[_sorted.Length + 1];
        for (var rank = 0; rank < _sorted.Length; rank++)
            _highestBefore[rank + 1] = Math.Max(_highestBefore[rank], Math.Min(1, (_sorted.Length - rank) * _sorted[rank]));
    }

    /// <summary>Number of tests.</summary>
    public int Count => _sorted.Length;

    /// <summary>Adjusted p of test <paramref name="index"/>, in the order given.</summary>
    public double Adjusted(int index) => _adjusted[index];

    /// <summary>The adjusted p a test of this family would have had, had its own p been <paramref name="smaller"/> instead (not above what it was).</summary>
    public double AdjustedIf(double smaller)
    {
        // Tests ranked before it are those with a smaller p; the test itself is not among them, so its old value does not matter.
        var rank = LowerBound(smaller);
        return Math.Max(_highestBefore[rank], Math.Min(1, (_sorted.Length - rank) * smaller));
    }

    private int LowerBound(double value)
    {
        int low = 0, high = _sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_sorted[middle] < value) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
