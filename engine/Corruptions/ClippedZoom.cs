namespace OnnxAudit.Corruptions;

/// <summary>
/// The middle of a plane enlarged to the plane's size by linear interpolation, corner on corner; a little off centre by definition.
/// Source: clipped_zoom of the ImageNet-C generator over SciPy's zoom (order 1).
/// </summary>
internal static class ClippedZoom
{
    /// <summary>source, target: [H,W], not the same memory; factor: at least 1. One axis's crop and offsets follow from its own size.</summary>
    public static void Apply(ReadOnlySpan<double> source, Span<double> target, int height, int width, double factor)
    {
        var (rows, columns) = (ZoomTaps.For(height, factor), ZoomTaps.For(width, factor));
        for (var y = 0; y < height; y++)
        {
            var (top, fy) = rows.At(y);
            var upper = source.Slice(top * width, width);
            var lower = source.Slice(Math.Min(top + 1, height - 1) * width, width);
            for (var x = 0; x < width; x++)
            {
                var (left, fx) = columns.At(x);
                var right = Math.Min(left + 1, width - 1);
                target[y * width + x] = upper[left] * (1 - fy) * (1 - fx) + upper[right] * (1 - fy) * fx + lower[left] * fy * (1 - fx) + lower[right] * fy * fx;
            }
        }
    }
}

/// <summary>Where each output position of a clipped zoom's axis reads: positions First and First + 1, the second with weight Fraction.</summary>
internal readonly struct ZoomTaps
{
    private readonly double _step;
    private readonly int _crop;
    private readonly int _trim;

    private ZoomTaps(double step, int crop, int trim) => (_step, _crop, _trim) = (step, crop, trim);

    /// <summary>The axis of <paramref name="size"/> positions enlarged by <paramref name="factor"/> about its middle.</summary>
    public static ZoomTaps For(int size, double factor)
    {
        var kept = (int)Math.Ceiling(size / factor);
        var enlarged = (int)Math.Round(kept * factor, MidpointRounding.ToEven);
        return new ZoomTaps((double)(kept - 1) / (enlarged - 1), (size - kept) / 2, (enlarged - size) / 2);
    }

    /// <summary>What output position <paramref name="at"/> reads.</summary>
    public (int First, double Fraction) At(int at)
    {
        var from = (at + _trim) * _step;
        var first = (int)from;
        return (_crop + first, from - first);
    }
}
