namespace OnnxAudit.Corruptions;

/// <summary>Small filters over one 8-bit plane as OpenCV defines them; borders mirrored about the outermost pixels. Sides of at least 2.</summary>
internal static class BytePlane
{
    /// <summary>Grey levels spread over 0…255 by their cumulative histogram, in place; a plane of one level stays.</summary>
    public static void Equalise(Span<byte> plane)
    {
        var counts = (stackalloc int[256]);
        counts.Clear();
        foreach (var v in plane) counts[v]++;
        var first = counts.IndexOfAnyExcept(0);
        if (counts[first] == plane.Length) return;
        var scale = 255f / (plane.Length - counts[first]);
        var map = (stackalloc byte[256]);
        map.Clear();
        var below = 0;
        for (var v = first + 1; v < 256; v++)
        {
            below += counts[v];
            map[v] = (byte)Math.Clamp(MathF.Round(below * scale), 0, 255);
        }

        foreach (ref var v in plane) v = map[v];
    }

    /// <summary>target = plane correlated with [[−2,−1,0],[−1,1,1],[0,1,2]], clamped to bytes.</summary>
    public static void Emboss(ReadOnlySpan<byte> plane, Span<byte> target, int height, int width)
    {
        for (var y = 0; y < height; y++)
        {
            var (top, middle, bottom) = Rows(y, height);
            var above = plane.Slice(top * width, width);
            var here = plane.Slice(middle * width, width);
            var below = plane.Slice(bottom * width, width);
            for (var x = 0; x < width; x++)
            {
                var (left, right) = Columns(x, width);
                var sum = -2 * above[left] - above[x] - here[left] + here[x] + here[right] + below[x] + 2 * below[right];
                target[y * width + x] = (byte)Math.Clamp(sum, 0, 255);
            }
        }
    }

    /// <summary>target = the mean over 3×3, rounded.</summary>
    public static void Mean(ReadOnlySpan<byte> plane, Span<byte> target, int height, int width)
    {
        for (var y = 0; y < height; y++)
        {
            var (top, middle, bottom) = Rows(y, height);
            var above = plane.Slice(top * width, width);
            var here = plane.Slice(middle * width, width);
            var below = plane.Slice(bottom * width, width);
            for (var x = 0; x < width; x++)
            {
                var (left, right) = Columns(x, width);
                var sum = above[left] + above[x] + above[right] + here[left] + here[x] + here[right] + below[left] + below[x] + below[right];
                target[y * width + x] = (byte)((2 * sum + 9) / 18);
            }
        }
    }

    /// <summary>target = the mean of <paramref name="plane"/> over 3×3, truncated to bytes. plane: values below 256.</summary>
    public static void Mean(ReadOnlySpan<float> plane, Span<byte> target, int height, int width)
    {
        for (var y = 0; y < height; y++)
        {
            var (top, middle, bottom) = Rows(y, height);
            var above = plane.Slice(top * width, width);
            var here = plane.Slice(middle * width, width);
            var below = plane.Slice(bottom * width, width);
            for (var x = 0; x < width; x++)
            {
                var (left, right) = Columns(x, width);
                var sum = (double)above[left] + above[x] + above[right] + here[left] + here[x] + here[right] + below[left] + below[x] + below[right];
                target[y * width + x] = (byte)(float)(sum * (1.0 / 9));
            }
        }
    }

    private static (int Above, int Here, int Below) Rows(int y, int height) => (y == 0 ? 1 : y - 1, y, y == height - 1 ? height - 2 : y + 1);

    private static (int Left, int Right) Columns(int x, int width) => (x == 0 ? 1 : x - 1, x == width - 1 ? width - 2 : x + 1);
}
