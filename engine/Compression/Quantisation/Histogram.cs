namespace OnnxAudit.Compression.Quantisation;

/// <summary>Counts of values in equal bins over [Low, High]; values outside go to the outermost bins.</summary>
internal sealed class Histogram
{
    /// <summary>Number of bins.</summary>
    public const int Bins = 2048;

    private readonly long[] _counts = new long[Bins];
    private readonly double _perUnit;
    private readonly bool _magnitudes;

    /// <summary>Bins over [low, high], of the values or of their magnitudes; of those, exact zeros are not counted, since every code holds them exactly.</summary>
    public Histogram(double low, double high, bool magnitudes = false)
    {
        (Low, High, _magnitudes) = (low, high, magnitudes);
        Width = (high - low) / Bins;
        _perUnit = high > low ? Bins / (high - low) : 0;
    }

    /// <summary>Lower edge of the first bin.</summary>
    public double Low { get; }

    /// <summary>Upper edge of the last bin.</summary>
    public double High { get; }

    /// <summary>Width of a bin.</summary>
    public double Width { get; }

    /// <summary>The counts.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Counts more values.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (_magnitudes && value == 0) continue;
            var at = (int)(((_magnitudes ? Math.Abs(value) : value) - Low) * _perUnit);
            _counts[Math.Clamp(at, 0, Bins - 1)]++;
        }
    }
}
