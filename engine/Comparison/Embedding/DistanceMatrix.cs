namespace OnnxAudit.Comparison.Embedding;

/// <summary>Distances between n points, symmetric with a zero diagonal, float64 [n,n].</summary>
public sealed class DistanceMatrix
{
    private readonly double[] _values;

    /// <summary>A matrix over given values [n,n], not copied.</summary>
    /// <exception cref="ArgumentException">Not n·n values, or one is negative or not finite, not symmetric, or not 0 on the diagonal.</exception>
    public DistanceMatrix(int count, double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != (long)count * count) throw new ArgumentException(FormattableString.Invariant($"{values.Length} values for [{count},{count}]"), nameof(values));
        for (var i = 0; i < count; i++)
            for (var j = 0; j <= i; j++)
            {
                var value = values[i * count + j];
                if (!(value >= 0) || !double.IsFinite(value) || value != values[j * count + i] || (i == j && value != 0))
                    throw new ArgumentException(FormattableString.Invariant($"no distance between points {i} and {j}: {value} and {values[j * count + i]}"), nameof(values));
            }

        (Count, _values) = (count, values);
    }

    /// <summary>Points n.</summary>
    public int Count { get; }

    /// <summary>The distance between two points.</summary>
    public double this[int i, int j] => _values[i * Count + j];

    /// <summary>The distances from a point to all, [n].</summary>
    public ReadOnlySpan<double> Row(int i) => _values.AsSpan(i * Count, Count);

    /// <summary>Euclidean distances between points [n,width], by direct differences.</summary>
    public static DistanceMatrix Euclidean(ReadOnlySpan<double> points, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (points.Length % width != 0) throw new ArgumentException(FormattableString.Invariant($"{points.Length} numbers are no rows of {width}"), nameof(points));
        var n = points.Length / width;
        var values = new double[n * n];
        PairSums.Add<SquaredDifference>(points, n, points, n, width, values, n);
        for (var i = 0; i < n; i++)
            for (var j = 0; j < i; j++) values[i * n + j] = values[j * n + i] = Math.Sqrt(values[j * n + i]);
        return new DistanceMatrix(n, values);
    }
}
