namespace OnnxAudit.Corruptions.Ice;

/// <summary>
/// The discrete Fourier transform of a square complex plane whose side is a power of two: radix 2, rows then columns, not scaled. Roots of unity come from
/// square roots alone, so every machine gives the same bits.
/// </summary>
internal static class FourierPlane
{
    /// <summary>Transforms [side,side] in place: X(k) = Σ x(j)·exp(∓2πi·jk/side), upper sign forwards. No angle is rounded by a library's sine.</summary>
    public static void Transform(double[] real, double[] imaginary, int side, bool inverse)
    {
        var (cos, sin) = Roots(side, inverse);
        for (var pass = 0; pass < 2; pass++)
        {
            for (var y = 0; y < side; y++) Row(real.AsSpan(y * side, side), imaginary.AsSpan(y * side, side), cos, sin);
            Transpose(real, side);
            Transpose(imaginary, side);
        }
    }

    private static void Row(Span<double> real, Span<double> imaginary, double[] cos, double[] sin)
    {
        var size = real.Length;
        for (int i = 1, j = 0; i < size; i++)
        {
            var bit = size >> 1;
            for (; (j & bit) != 0; bit >>= 1) j ^= bit;
            j |= bit;
            if (i >= j) continue;
            (real[i], real[j]) = (real[j], real[i]);
            (imaginary[i], imaginary[j]) = (imaginary[j], imaginary[i]);
        }

        for (var half = 1; half < size; half *= 2)
        {
            var stride = size / (2 * half);
            for (var start = 0; start < size; start += 2 * half)
            {
                for (var k = 0; k < half; k++)
                {
                    var (c, s) = (cos[k * stride], sin[k * stride]);
                    var (low, high) = (start + k, start + k + half);
                    var (re, im) = (real[high] * c - imaginary[high] * s, real[high] * s + imaginary[high] * c);
                    (real[high], imaginary[high]) = (real[low] - re, imaginary[low] - im);
                    (real[low], imaginary[low]) = (real[low] + re, imaginary[low] + im);
                }
            }
        }
    }

    /// <summary>exp(∓2πi·k/size) for k below size/2, each the product of the roots of its bits.</summary>
    private static (double[] Cos, double[] Sin) Roots(int size, bool inverse)
    {
        var (cos, sin) = (new double[Math.Max(1, size / 2)], new double[Math.Max(1, size / 2)]);
        cos[0] = 1;
        // The angle halves from half a turn; its sine is positive all the way.
        var (c, s) = (-1.0, 0.0);
        for (var step = size / 4; step >= 1; step /= 2)
        {
            (c, s) = (Math.Sqrt((1 + c) / 2), Math.Sqrt((1 - c) / 2));
            for (var k = step; k < cos.Length; k += 2 * step)
            {
                var before = k - step;
                (cos[k], sin[k]) = (cos[before] * c - sin[before] * s, cos[before] * s + sin[before] * c);
            }
        }

        if (!inverse)
        {
            foreach (ref var value in sin.AsSpan()) value = -value;
        }

        return (cos, sin);
    }

    private static void Transpose(double[] plane, int side)
    {
        for (var y = 0; y < side; y++)
        {
            for (var x = y + 1; x < side; x++) (plane[y * side + x], plane[x * side + y]) = (plane[x * side + y], plane[y * side + x]);
        }
    }
}
