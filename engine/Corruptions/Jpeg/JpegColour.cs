using System.Buffers;

namespace OnnxAudit.Corruptions.Jpeg;

/// <summary>RGB to luma and halved chroma and back, in 16-bit fixed point. Source: JFIF 1.02; rounding, halving and smooth doubling as libjpeg defines them.</summary>
internal static class JpegColour
{
    private const int Half = 1 << 15, ChromaOffset = (128 << 16) + Half - 1;

    /// <summary>Fills the three planes, padding included, from pixels [H,W,3].</summary>
    public static void Split(ReadOnlySpan<byte> image, JpegPlane luma, JpegPlane blue, JpegPlane red, int height, int width)
    {
        // Padding repeats pixels before halving, so the halves of the padding come from the last pixel alone.
        var doubled = 2 * blue.PaddedWidth;
        var buffer = ArrayPool<byte>.Shared.Rent(4 * doubled);
        var blueRows = buffer.AsSpan(0, 2 * doubled);
        var redRows = buffer.AsSpan(2 * doubled, 2 * doubled);
        for (var half = 0; half < blue.Height; half++)
        {
            for (var v = 0; v < 2; v++)
            {
                var y = Math.Min(2 * half + v, height - 1);
                var blues = blueRows.Slice(v * doubled, doubled);
                var reds = redRows.Slice(v * doubled, doubled);
                Convert(image.Slice(y * width * 3, width * 3), luma.Row(y), blues, reds);
                blues[width..].Fill(blues[width - 1]);
                reds[width..].Fill(reds[width - 1]);
            }

            Halve(blueRows, blue.Row(half), doubled);
            Halve(redRows, red.Row(half), doubled);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        luma.PadColumns();
        luma.PadRows();
        blue.PadRows();
        red.PadRows();
    }

    /// <summary>Writes pixels [H,W,3] from the three planes.</summary>
    public static void Join(JpegPlane luma, JpegPlane blue, JpegPlane red, Span<byte> output, int height, int width)
    {
        var doubled = 2 * blue.Width;
        var buffer = ArrayPool<int>.Shared.Rent(2 * doubled + blue.Width);
        var blues = buffer.AsSpan(0, doubled);
        var reds = buffer.AsSpan(doubled, doubled);
        var sums = buffer.AsSpan(2 * doubled, blue.Width);
        for (var y = 0; y < height; y++)
        {
            Double(blue, y, sums, blues);
            Double(red, y, sums, reds);
            var row = luma.Row(y);
            var pixels = output.Slice(y * width * 3, width * 3);
            for (int x = 0, at = 0; x < width; x++, at += 3)
            {
                var (l, b, r) = (row[x], blues[x] - 128, reds[x] - 128);
                pixels[at] = Clamp(l + ((91881 * r + Half) >> 16));
                pixels[at + 1] = Clamp(l + ((-22554 * b - 46802 * r + Half) >> 16));
                pixels[at + 2] = Clamp(l + ((116130 * b + Half) >> 16));
            }
        }

        ArrayPool<int>.Shared.Return(buffer);
    }

    private static void Convert(ReadOnlySpan<byte> pixels, Span<byte> luma, Span<byte> blue, Span<byte> red)
    {
        for (int x = 0, at = 0; at < pixels.Length; x++, at += 3)
        {
            int r = pixels[at], g = pixels[at + 1], b = pixels[at + 2];
            luma[x] = (byte)((19595 * r + 38470 * g + 7471 * b + Half) >> 16);
            blue[x] = (byte)((-11059 * r - 21709 * g + 32768 * b + ChromaOffset) >> 16);
            red[x] = (byte)((32768 * r - 27439 * g - 5329 * b + ChromaOffset) >> 16);
        }
    }

    /// <summary>Means of 2×2 samples of two rows that lie one after another; the bias alternates so that halves do not drift.</summary>
    private static void Halve(ReadOnlySpan<byte> rows, Span<byte> target, int stride)
    {
        for (var x = 0; x < target.Length; x++)
            target[x] = (byte)((rows[2 * x] + rows[2 * x + 1] + rows[stride + 2 * x] + rows[stride + 2 * x + 1] + 1 + (x & 1)) >> 2);
    }

    /// <summary>Row <paramref name="y"/> at twice the resolution: 3/4 of the near and 1/4 of the far sample, each way.</summary>
    private static void Double(JpegPlane plane, int y, Span<int> sums, Span<int> target)
    {
        var far = Math.Clamp(y / 2 + ((y & 1) == 0 ? -1 : 1), 0, plane.Height - 1);
        var nearRow = plane.Row(y / 2);
        var farRow = plane.Row(far);
        for (var x = 0; x < sums.Length; x++) sums[x] = 3 * nearRow[x] + farRow[x];
        var last = sums.Length - 1;
        for (var x = 0; x <= last; x++)
        {
            var centre = 3 * sums[x];
            target[2 * x] = (centre + sums[Math.Max(x - 1, 0)] + 8) >> 4;
            target[2 * x + 1] = (centre + sums[Math.Min(x + 1, last)] + 7) >> 4;
        }
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}
