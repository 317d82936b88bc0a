namespace OnnxAudit.Corruptions;

/// <summary>A plane enlarged about its middle and cut to its size again. Source: the generators' clipped_zoom.</summary>
internal static class ClippedZoom
{
    /// <summary>plane, into: [height, width] of one channel, different memory.</summary>
    public static void Apply(CorruptionCall call, ReadOnlySpan<double> plane, int height, int width, double factor, Span<double> into)
    {
        var centred = call.Profile != CorruptionProfile.AnySize;
        var (rows, columns) = (ZoomAxis.Of(height, factor, centred), ZoomAxis.Of(width, factor, centred));
        var stretched = call.Doubles(width);
        for (var y = 0; y < height; y++)
        {
            var above = plane.Slice(rows.From[y] * width, width);
            var below = plane.Slice((rows.From[y] + 1) * width, width);
            var fraction = rows.Fraction[y];
            for (var x = 0; x < width; x++) stretched[x] = above[x] * (1 - fraction) + below[x] * fraction;
            var row = into.Slice(y * width, width);
            for (var x = 0; x < width; x++)
            {
                var (from, part) = (columns.From[x], columns.Fraction[x]);
                row[x] = stretched[from] * (1 - part) + stretched[from + 1] * part;
            }
        }
    }
}
