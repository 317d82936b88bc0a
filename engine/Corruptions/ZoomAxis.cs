using System.Collections.Concurrent;

namespace OnnxAudit.Corruptions;

/// <summary>
/// One axis of a clipped zoom: of the middle ⌈n/z⌉ samples, linearly stretched to round(⌈n/z⌉·z) with corners aligned, n are kept, from the middle
/// or from the start. Output i is (1 − Fraction[i]) · in[From[i]] + Fraction[i] · in[From[i] + 1].
/// Source: the generators' clipped_zoom over scipy.ndimage.zoom of order 1.
/// </summary>
internal sealed class ZoomAxis
{
    private static readonly ConcurrentDictionary<(int Size, double Factor, bool Centred), ZoomAxis> Known = [];

    private ZoomAxis(int size, double factor, bool centred)
    {
        var crop = (int)Math.Ceiling(size / factor);
        var first = (size - crop) / 2;
        var stretched = (int)Math.Round(crop * factor, MidpointRounding.ToEven);
        var trim = centred ? (stretched - size) / 2 : 0;
        var step = (double)(crop - 1) / (stretched - 1);
        (From, Fraction) = (new int[size], new double[size]);
        for (var i = 0; i < size; i++)
        {
            var at = Math.Min((trim + i) * step, crop - 1);
            // At the last sample the step before it, whole, so that From + 1 is always inside.
            var whole = Math.Min((int)at, crop - 2);
            (From[i], Fraction[i]) = (first + whole, at - whole);
        }
    }

    /// <summary>Index of the nearer-to-start sample.</summary>
    public int[] From { get; }

    /// <summary>Weight of the sample after it, 0 to 1.</summary>
    public double[] Fraction { get; }

    /// <summary>The axis of <paramref name="size"/> samples zoomed by <paramref name="factor"/>, at least 1. Sizes from 2.</summary>
    public static ZoomAxis Of(int size, double factor, bool centred) => Known.GetOrAdd((size, factor, centred), static key => new ZoomAxis(key.Size, key.Factor, key.Centred));
}
