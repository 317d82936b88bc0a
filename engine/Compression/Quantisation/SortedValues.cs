namespace OnnxAudit.Compression.Quantisation;

/// <summary>Ascending numbers and the means of their runs.</summary>
internal sealed class SortedValues
{
    private readonly float[] _values;
    private readonly double[] _sums;

    /// <summary>Over values sorted ascending.</summary>
    public SortedValues(float[] ascending)
    {
        _values = ascending;
        _sums = new double[ascending.Length + 1];
        var runs = new List<int>();
        for (var i = 0; i < ascending.Length; i++)
        {
            _sums[i + 1] = _sums[i] + ascending[i];
            if (i == 0 || ascending[i] != ascending[i - 1]) runs.Add(i);
        }

        runs.Add(ascending.Length);
        Runs = [.. runs];
    }

    /// <summary>Number of values.</summary>
    public int Count => _values.Length;

    /// <summary>Number of distinct values.</summary>
    public int Distinct => Runs.Length - 1;

    /// <summary>Where each run of equal values begins, and the end.</summary>
    public int[] Runs { get; }

    /// <summary>Mean of the values from <paramref name="from"/> to before <paramref name="to"/>; exact for a run of equal ones.</summary>
    public double Mean(int from, int to) => _values[from] == _values[to - 1] ? _values[from] : (_sums[to] - _sums[from]) / (to - from);

    /// <summary>How many values are at most <paramref name="limit"/>.</summary>
    public int UpTo(double limit)
    {
        var (low, high) = (0, _values.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_values[middle] <= limit) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
