namespace OnnxAudit.Corruptions.Mnist;

/// <summary>Canny's edges as scikit-image defines them (σ = 1, thresholds .1 and .2), white on black. Source: MNIST-C's code; scikit-image feature.canny.</summary>
internal static class CannyEdges
{
    private const double Sigma = 1, Low = .1, High = .2;
    private const byte Candidate = 1, Edge = 255;

    public static void Apply(CorruptionCall call)
    {
        var (height, width) = (call.Height, call.Width);
        var smooth = Smooth(call);
        var down = call.Doubles(smooth.Length);
        var across = call.Doubles(smooth.Length);
        Sobel(smooth, down, across, height, width);
        var strength = call.Doubles(smooth.Length);
        for (var i = 0; i < strength.Length; i++) strength[i] = Hypotenuse(down[i], across[i]);

        var output = call.Output;
        output.Clear();
        var pending = call.Ints(output.Length);
        var waiting = 0;
        for (var y = 1; y < height - 1; y++)
        {
            for (var x = 1; x < width - 1; x++)
            {
                var at = y * width + x;
                if (strength[at] < Low || !IsCrest(strength, at, width, down[at], across[at])) continue;
                output[at] = Candidate;
                if (strength[at] < High) continue;
                output[at] = Edge;
                pending[waiting++] = at;
            }
        }

        Follow(output, width, pending, waiting);
    }

    /// <summary>A gaussian mean over what lies inside the image.</summary>
    private static Span<double> Smooth(CorruptionCall call)
    {
        var filter = GaussianFilter.Of(Sigma);
        var (height, width) = (call.Height, call.Width);
        // A rim of zeros as wide as the filter makes its edge rule one of zeros.
        var (tall, wide, rim) = (height + 2 * filter.Radius, width + 2 * filter.Radius, filter.Radius);
        var values = call.Doubles(tall * wide);
        var shares = call.Doubles(tall * wide);
        values.Clear();
        shares.Clear();
        for (var y = 0; y < height; y++)
        {
            UnitPixels.ToDoubles(call.Image.Slice(y * width, width), values.Slice((y + rim) * wide + rim, width));
            shares.Slice((y + rim) * wide + rim, width).Fill(1);
        }

        filter.Apply(call, values, tall, wide, 1);
        filter.Apply(call, shares, tall, wide, 1);
        var smooth = call.Doubles(height * width);
        for (var i = 0; i < smooth.Length; i++)
        {
            var at = (i / width + rim) * wide + i % width + rim;
            smooth[i] = values[at] / (shares[at] + double.BitIncrement(1) - 1);
        }

        return smooth;
    }

    private static void Sobel(ReadOnlySpan<double> plane, Span<double> down, Span<double> across, int height, int width)
    {
        for (var y = 0; y < height; y++)
        {
            var above = plane.Slice(Math.Max(y - 1, 0) * width, width);
            var here = plane.Slice(y * width, width);
            var below = plane.Slice(Math.Min(y + 1, height - 1) * width, width);
            for (var x = 0; x < width; x++)
            {
                var (left, right) = (Math.Max(x - 1, 0), Math.Min(x + 1, width - 1));
                down[y * width + x] = 2 * (below[x] - above[x]) + (below[left] - above[left] + (below[right] - above[right]));
                across[y * width + x] = 2 * (here[right] - here[left]) + (above[right] - above[left] + (below[right] - below[left]));
            }
        }
    }

    private static double Hypotenuse(double a, double b) => Math.Sqrt(a * a + b * b);

    /// <summary>No weaker than where the gradient's line crosses the ring of neighbours, to either side.</summary>
    private static bool IsCrest(ReadOnlySpan<double> strength, int at, int stride, double down, double across)
    {
        var steep = Math.Abs(down) >= Math.Abs(across);
        var share = steep ? Math.Abs(across) / Math.Abs(down) : Math.Abs(down) / Math.Abs(across);
        var slant = down * across >= 0 ? 1 : -1;
        // Straight along the larger component, and the corner beside it on the gradient's side.
        var straight = steep ? stride : 1;
        var corner = steep ? stride + slant : slant * stride + 1;
        return Between(strength[at + straight], strength[at + corner], share) <= strength[at] && Between(strength[at - straight], strength[at - corner], share) <= strength[at];
    }

    private static double Between(double straight, double corner, double share) => corner * share + straight * (1 - share);

    private static void Follow(Span<byte> output, int width, Span<int> pending, int waiting)
    {
        // Candidates keep a pixel's distance from the border, so all eight neighbours exist.
        while (waiting > 0)
        {
            var from = pending[--waiting];
            for (var dy = -1; dy <= 1; dy++)
            {
                for (var dx = -1; dx <= 1; dx++)
                {
                    var at = from + dy * width + dx;
                    if (output[at] != Candidate) continue;
                    output[at] = Edge;
                    pending[waiting++] = at;
                }
            }
        }

        foreach (ref var pixel in output)
        {
            if (pixel == Candidate) pixel = 0;
        }
    }
}
