namespace OnnxAudit.Comparison.Layers;

/// <summary>
/// Values of the compared model by value and by how much they differ from the first model's: a bin of values, a class of relative change |b − a|/|a|.
/// A change from 0 is in the last class, 0 to 0 in the first.
/// </summary>
/// <param name="Edges">Edges of the value bins, ascending, [bins + 1]; a bin has its lower edge, the last one both.</param>
/// <param name="Counts">[bins + 2, classes] in rows: below the first edge, the bins, above the last edge.</param>
public sealed record ChangeHistogram(IReadOnlyList<double> Edges, IReadOnlyList<long> Counts)
{
    /// <summary>Classes of relative change: [0, .2), [.2, .4), [.4, .6), [.6, .8), [.8, 1) and 1 or more.</summary>
    public const int Classes = 6;

    /// <summary>Lower edges of the classes.</summary>
    public static IReadOnlyList<double> ClassEdges { get; } = [0, 0.2, 0.4, 0.6, 0.8, 1];

    /// <summary>Bins between the edges.</summary>
    public int Bins => Edges.Count - 1;

    /// <summary>Values of a row (0 is below the first edge, <see cref="Bins"/> + 1 above the last) and class.</summary>
    public long this[int row, int change] => Counts[row * Classes + change];

    /// <summary>Edges at round numbers, 1, 2 or 5 times a power of ten apart, around [low, high] and at most <paramref name="most"/> bins; one bin around a point.</summary>
    public static double[] RoundEdges(double low, double high, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        if (!double.IsFinite(low) || !double.IsFinite(high) || low > high) return [0, 1];
        if (high - low <= Math.Abs(high) * 1e-12)
        {
            var room = low == 0 ? 1 : Math.Abs(low) * 0.05;
            return [low - room, high + room];
        }

        for (var power = Math.Pow(10, Math.Floor(Math.Log10((high - low) / most))); ; power *= 10)
            foreach (var step in (ReadOnlySpan<double>)[power, 2 * power, 5 * power])
            {
                var (first, last) = (Math.Floor(low / step + 1e-9), Math.Ceiling(high / step - 1e-9));
                if (last - first > most) continue;
                var edges = new double[(int)Math.Max(1, last - first) + 1];
                for (var e = 0; e < edges.Length; e++) edges[e] = (first + e) * step;
                // The slack above must not leave the range's own ends out.
                (edges[0], edges[^1]) = (Math.Min(edges[0], low), Math.Max(edges[^1], high));
                return edges;
            }
    }
}

/// <summary>Counts pairs of values into a <see cref="ChangeHistogram"/>, with the sums that describe the change as a whole.</summary>
internal sealed class ChangeCount(double[] edges)
{
    private readonly long[] _counts = new long[(edges.Length + 1) * ChangeHistogram.Classes];
    private readonly double _low = edges[0], _high = edges[^1], _perUnit = (edges.Length - 1) / (edges[^1] - edges[0]);
    private double _size, _change, _squares, _otherSquares, _changeSquares, _product;

    /// <summary>Pairs counted.</summary>
    public long Count { get; private set; }

    /// <summary>Pairs left out because one value is not finite.</summary>
    public long Undefined { get; private set; }

    /// <summary>Pairs of zeros.</summary>
    public long ZeroInBoth { get; private set; }

    /// <summary>Zero in the first only.</summary>
    public long ZeroInFirst { get; private set; }

    /// <summary>Zero in the second only.</summary>
    public long ZeroInSecond { get; private set; }

    /// <summary>The histogram so far.</summary>
    public ChangeHistogram Histogram => new(edges, [.. _counts]);

    /// <summary>The sums so far.</summary>
    public ChangeMeasure Measure => new(Count, Undefined, _size / Count, _change / Count, Math.Sqrt(_changeSquares) / Math.Sqrt(_squares),
        _product / (Math.Sqrt(_squares) * Math.Sqrt(_otherSquares)));

    /// <summary>Counts pairs; first and second are of one length.</summary>
    public void Add(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        for (var i = 0; i < first.Length; i++)
        {
            double a = first[i], b = second[i];
            if (!double.IsFinite(a) || !double.IsFinite(b))
            {
                Undefined++;
                continue;
            }

            Count++;
            if (a == 0 && b == 0) ZeroInBoth++;
            else if (a == 0) ZeroInFirst++;
            else if (b == 0) ZeroInSecond++;
            var (size, change) = (Math.Abs(a), Math.Abs(b - a));
            _size += size;
            _change += change;
            _squares += a * a;
            _otherSquares += b * b;
            _changeSquares += change * change;
            _product += a * b;
            _counts[Row(b) * ChangeHistogram.Classes + Class(size, change)]++;
        }
    }

    private int Row(double value)
    {
        if (value < _low) return 0;
        var bins = edges.Length - 1;
        if (value > _high) return bins + 1;
        // A guess by division, put right where rounding of the edges differs.
        var bin = Math.Clamp((int)((value - _low) * _perUnit), 0, bins - 1);
        while (bin > 0 && value < edges[bin]) bin--;
        while (bin < bins - 1 && value >= edges[bin + 1]) bin++;
        return bin + 1;
    }

    private static int Class(double size, double change)
    {
        if (change == 0) return 0;
        var last = ChangeHistogram.Classes - 1;
        if (change >= size) return last;
        var at = last - 1;
        while (change < ChangeHistogram.ClassEdges[at] * size) at--;
        return at;
    }
}

/// <summary>How much b differs from a over many values.</summary>
/// <param name="Count">Values compared.</param>
/// <param name="Undefined">Values left out because one of the two is not finite.</param>
/// <param name="MeanSize">Mean |a|; NaN of none.</param>
/// <param name="MeanChange">Mean |b − a|; NaN of none.</param>
/// <param name="RelativeChange">‖b − a‖/‖a‖; NaN or +∞ when a is all 0.</param>
/// <param name="Cosine">a·b/(‖a‖‖b‖); NaN when one is all 0.</param>
public sealed record ChangeMeasure(long Count, long Undefined, double MeanSize, double MeanChange, double RelativeChange, double Cosine);
