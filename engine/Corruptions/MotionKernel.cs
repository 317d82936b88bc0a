namespace OnnxAudit.Corruptions;

/// <summary>
/// ImageMagick's motion blur: one-sided weights exp(−i²/2σ²), i = 0 to 2⌈radius⌉, normalised, along the direction φ from each pixel (x right, y down);
/// beyond the border the edge pixel. Source: ImageMagick 6, MotionBlurImage; imagecorruptions for any size.
/// </summary>
internal static class MotionKernel
{
    /// <summary>The weighted sums of a plane [height, width · channels] of pixels 0 to 255, not rounded. radius, sigma: pixels; angle: degrees.</summary>
    public static void Apply(CorruptionCall call, ReadOnlySpan<byte> plane, int height, int width, int channels, double radius, double sigma, double angle, Span<double> into)
    {
        var values = call.Doubles(plane.Length);
        for (var i = 0; i < values.Length; i++) values[i] = plane[i];
        Apply(call, values, height, width, channels, radius, sigma, angle, into);
    }

    /// <inheritdoc cref="Apply(CorruptionCall, ReadOnlySpan{byte}, int, int, int, double, double, double, Span{double})"/>
    public static void Apply(CorruptionCall call, ReadOnlySpan<double> plane, int height, int width, int channels, double radius, double sigma, double angle, Span<double> into)
    {
        var taps = 2 * (int)Math.Ceiling(radius) + 1;
        var weights = call.Doubles(taps);
        for (var i = 0; i < taps; i++) weights[i] = Math.Exp(-i * i / (2 * sigma * sigma));
        var sum = call.Profile == CorruptionProfile.AnySize ? NumpySum.Of(weights) : NumpySum.InOrder(weights);
        for (var i = 0; i < taps; i++) weights[i] /= sum;

        var margin = taps - 1;
        var wide = (width + 2 * margin) * channels;
        var offsets = call.Ints(taps);
        var (sin, cos) = Math.SinCos(angle * Math.PI / 180);
        var used = taps;
        for (var i = 0; i < taps; i++)
        {
            var (dx, dy) = ((int)Math.Ceiling(i * cos - 0.5), (int)Math.Ceiling(i * sin - 0.5));
            if (call.Profile == CorruptionProfile.AnySize && (Math.Abs(dy) >= height || Math.Abs(dx) >= width))
            {
                used = i; // the package stops where the movement leaves the image
                break;
            }

            offsets[i] = (margin + dy) * wide + (margin + dx) * channels;
        }

        var padded = call.Doubles((height + 2 * margin) * wide);
        Border.Edge.Pad(plane, height, width, channels, margin, padded);
        var row = width * channels;
        for (var y = 0; y < height; y++) Taps.Sum(padded[(y * wide)..], offsets[..used], weights[..used], into.Slice(y * row, row));
    }

    /// <summary>A sum as ImageMagick stores it: rounded to 16 bits, then cut to 8.</summary>
    public static byte Quantise(double value) => (byte)(Math.Floor(257 * value + 0.5) / 257);
}
