namespace OnnxAudit.Corruptions;

/// <summary>Canny's edges of an 8-bit plane as OpenCV defines them: 3×3 Sobel, |gx| + |gy|, sectors of 22.5° in fixed point. Source: the definition of OpenCV's Canny; bit for bit.</summary>
internal static class OpenCvCanny
{
    private const int Edge = 255, Tangent = 13573, Fraction = 15;

    /// <summary>target: 255 on edges, else 0, [H,W]. work: memory for <see cref="Memory"/> numbers.</summary>
    public static void Apply(ReadOnlySpan<byte> plane, Span<byte> target, int height, int width, int low, int high, Span<int> work)
    {
        var count = height * width;
        var across = work[..count];
        var down = work.Slice(count, count);
        Sobel(plane, across, down, height, width);

        var stride = width + 2;
        var strength = work.Slice(2 * count, (height + 2) * stride);
        strength.Clear();
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++) strength[(y + 1) * stride + x + 1] = Math.Abs(across[y * width + x]) + Math.Abs(down[y * width + x]);
        }

        const byte candidate = 1;
        var pending = work[(2 * count + (height + 2) * stride)..];
        var waiting = 0;
        for (var i = 0; i < count; i++)
        {
            target[i] = 0;
            var at = (i / width + 1) * stride + i % width + 1;
            if (strength[at] <= low || !IsCrest(strength, at, stride, across[i], down[i])) continue;
            target[i] = candidate;
            if (strength[at] <= high) continue;
            target[i] = Edge;
            pending[waiting++] = i;
        }

        while (waiting > 0)
        {
            var i = pending[--waiting];
            var (y, x) = (i / width, i % width);
            for (var ny = Math.Max(y - 1, 0); ny <= Math.Min(y + 1, height - 1); ny++)
            {
                for (var nx = Math.Max(x - 1, 0); nx <= Math.Min(x + 1, width - 1); nx++)
                {
                    if (target[ny * width + nx] != candidate) continue;
                    target[ny * width + nx] = Edge;
                    pending[waiting++] = ny * width + nx;
                }
            }
        }

        foreach (ref var pixel in target[..count])
        {
            if (pixel == candidate) pixel = 0;
        }
    }

    /// <summary>Numbers <see cref="Apply"/> works in.</summary>
    public static int Memory(int height, int width) => 3 * height * width + (height + 2) * (width + 2);

    private static void Sobel(ReadOnlySpan<byte> plane, Span<int> across, Span<int> down, int height, int width)
    {
        for (var y = 0; y < height; y++)
        {
            var above = plane.Slice(Math.Max(y - 1, 0) * width, width);
            var here = plane.Slice(y * width, width);
            var below = plane.Slice(Math.Min(y + 1, height - 1) * width, width);
            for (var x = 0; x < width; x++)
            {
                var (left, right) = (Math.Max(x - 1, 0), Math.Min(x + 1, width - 1));
                across[y * width + x] = above[right] + 2 * here[right] + below[right] - above[left] - 2 * here[left] - below[left];
                down[y * width + x] = below[left] + 2 * below[x] + below[right] - above[left] - 2 * above[x] - above[right];
            }
        }
    }

    /// <summary>No weaker than its two neighbours along the gradient; on ties the one further on gives way.</summary>
    private static bool IsCrest(ReadOnlySpan<int> strength, int at, int stride, int gx, int gy)
    {
        var (m, x) = (strength[at], Math.Abs(gx));
        var y = (long)Math.Abs(gy) << Fraction;
        var flat = (long)x * Tangent;
        if (y < flat) return m > strength[at - 1] && m >= strength[at + 1];
        if (y > flat + ((long)x << (Fraction + 1))) return m > strength[at - stride] && m >= strength[at + stride];
        var slant = (gx ^ gy) < 0 ? -1 : 1;
        return m > strength[at - stride - slant] && m > strength[at + stride + slant];
    }
}
