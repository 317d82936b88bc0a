using OnnxAudit.Data;

namespace OnnxAudit.Corruptions.Ice;

/// <summary>
/// Resizes as OpenCV does 8-bit images: source coordinate (i + ½)/scale − ½, no antialiasing, weights of 11 bits a way, the edge pixel beyond the border.
/// Source: the definition of OpenCV's resize (INTER_LINEAR, and INTER_CUBIC with a = −¾).
/// </summary>
internal static class PhotoResize
{
    private const int WeightBits = 11;
    private const double Cubic = -.75;

    /// <summary>Bilinear, both sides times <paramref name="scale"/>.</summary>
    public static Photograph Bilinear(Photograph photo, double scale)
    {
        var (height, width) = (Math.Max(1, (int)Math.Round(photo.Shape.Height * scale)), Math.Max(1, (int)Math.Round(photo.Shape.Width * scale)));
        return Apply(photo, height, width, Axis(photo.Shape.Height, height, 1 / scale, cubic: false), Axis(photo.Shape.Width, width, 1 / scale, cubic: false));
    }

    /// <summary>Bicubic to a size.</summary>
    public static Photograph Bicubic(Photograph photo, int height, int width) => Apply(photo, height, width,
        Axis(photo.Shape.Height, height, (double)photo.Shape.Height / height, cubic: true), Axis(photo.Shape.Width, width, (double)photo.Shape.Width / width, cubic: true));

    private static Photograph Apply(Photograph photo, int height, int width, Tap[][] rows, Tap[][] columns)
    {
        var channels = photo.Shape.Channels;
        var stretched = new int[photo.Shape.Height * width * channels];
        for (var y = 0; y < photo.Shape.Height; y++)
        {
            var source = photo.Pixels.AsSpan(y * photo.Shape.Width * channels, photo.Shape.Width * channels);
            var target = stretched.AsSpan(y * width * channels, width * channels);
            for (var i = 0; i < target.Length; i++)
            {
                foreach (var tap in columns[i / channels]) target[i] += tap.Weight * source[tap.At * channels + i % channels];
            }
        }

        var pixels = new byte[height * width * channels];
        var row = width * channels;
        for (var i = 0; i < pixels.Length; i++)
        {
            var sum = 1L << (2 * WeightBits - 1);
            foreach (var tap in rows[i / row]) sum += (long)tap.Weight * stretched[tap.At * row + i % row];
            pixels[i] = (byte)Math.Clamp(sum >> (2 * WeightBits), 0, 255);
        }

        return new Photograph(pixels, new ImageShape(channels, height, width));
    }

    private static Tap[][] Axis(int size, int newSize, double step, bool cubic)
    {
        var axis = new Tap[newSize][];
        for (var i = 0; i < newSize; i++)
        {
            var from = (float)((i + 0.5) * step - 0.5);
            var whole = (int)MathF.Floor(from);
            var rest = from - whole;
            axis[i] = [.. (cubic ? Cubics(rest) : [1 - rest, rest]).Select((w, k) => new Tap(Math.Clamp(whole + k - (cubic ? 1 : 0), 0, size - 1), (int)Math.Round(w * (1 << WeightBits))))];
        }

        return axis;
    }

    private static double[] Cubics(double x)
    {
        var before = ((Cubic * (x + 1) - 5 * Cubic) * (x + 1) + 8 * Cubic) * (x + 1) - 4 * Cubic;
        var near = ((Cubic + 2) * x - (Cubic + 3)) * x * x + 1;
        var next = ((Cubic + 2) * (1 - x) - (Cubic + 3)) * (1 - x) * (1 - x) + 1;
        return [before, near, next, 1 - before - near - next];
    }

    private readonly record struct Tap(int At, int Weight);
}
