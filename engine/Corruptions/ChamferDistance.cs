namespace OnnxAudit.Corruptions;

/// <summary>
/// Distance to the nearest marked pixel over steps of 1, 1.4 and 2.1969 (a knight's move) in 16-bit fixed point.
/// Source: Borgefors, CVGIP 34, 1986, with the weights of OpenCV's distanceTransform (L2, 5×5); bit for bit.
/// </summary>
internal static class ChamferDistance
{
    private const int Side = 65536, Diagonal = 91750, Knight = 143976, Far = int.MaxValue >> 2, Rim = 2;

    /// <summary>distance: [H,W]; 8192 everywhere when nothing is marked. marked: not 0, [H,W]. work: memory for <see cref="Memory"/> numbers.</summary>
    public static void Apply(ReadOnlySpan<byte> marked, Span<float> distance, int height, int width, Span<int> work)
    {
        var stride = width + 2 * Rim;
        var costs = work[..Memory(height, width)];
        costs.Fill(Far);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = (y + Rim) * stride + x + Rim;
                costs[at] = marked[y * width + x] != 0 ? 0 : Nearest(costs, at, -stride, -1);
            }
        }

        for (var y = height - 1; y >= 0; y--)
        {
            for (var x = width - 1; x >= 0; x--)
            {
                var at = (y + Rim) * stride + x + Rim;
                if (costs[at] > Side) costs[at] = Math.Min(costs[at], Nearest(costs, at, stride, 1));
                costs[at] = Math.Min(costs[at], Far);
                distance[y * width + x] = costs[at] * (1f / Side);
            }
        }
    }

    /// <summary>Numbers <see cref="Apply"/> works in.</summary>
    public static int Memory(int height, int width) => (height + 2 * Rim) * (width + 2 * Rim);

    /// <summary>The least cost over the eight predecessors of a scan that comes from <paramref name="row"/> and <paramref name="column"/>.</summary>
    private static int Nearest(ReadOnlySpan<int> costs, int at, int row, int column)
    {
        var near = Math.Min(costs[at + row], costs[at + column]) + Side;
        var slant = Math.Min(costs[at + row - 1], costs[at + row + 1]) + Diagonal;
        var far = Math.Min(Math.Min(costs[at + 2 * row - 1], costs[at + 2 * row + 1]), Math.Min(costs[at + row - 2], costs[at + row + 2])) + Knight;
        return Math.Min(near, Math.Min(slant, far));
    }
}
