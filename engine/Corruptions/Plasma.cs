using System.Numerics.Tensors;

namespace OnnxAudit.Corruptions;

/// <summary>
/// A cloud map on a torus by diamond-square: every level sets centres of squares, then the middles of their edges, to the mean of four neighbours plus
/// w·U(−w,w); w shrinks by the decay from level to level. Source: the ImageNet-C generator's plasma fractal.
/// </summary>
internal static class Plasma
{
    private const double FirstWobble = 100;

    /// <summary>
    /// Fills <paramref name="map"/> [side,side] with values over [0,1]. side: a power of two. noise: memory for side² numbers. Draws a level's squares,
    /// then its upper edges, then its left edges, each row by row.
    /// </summary>
    public static void Fill(Span<double> map, int side, double decay, CorruptionDraws draws, Span<double> noise)
    {
        map[0] = 0;
        var wobble = FirstWobble;
        for (var step = side; step >= 2; step /= 2)
        {
            var across = side / step;
            var count = across * across;
            var level = noise[..(3 * count)];
            draws.Uniforms(level);
            for (var i = 0; i < level.Length; i++) level[i] = wobble * (-wobble + 2 * wobble * level[i]);
            Squares(map, side, step, level[..count]);
            UpperEdges(map, side, step, level.Slice(count, count));
            LeftEdges(map, side, step, level.Slice(2 * count, count));
            wobble /= decay;
        }

        var lowest = TensorPrimitives.Min<double>(map);
        TensorPrimitives.Subtract(map, lowest, map);
        TensorPrimitives.Divide(map, TensorPrimitives.Max<double>(map), map);
    }

    private static void Squares(Span<double> map, int side, int step, ReadOnlySpan<double> noise)
    {
        var (half, at) = (step / 2, 0);
        for (var y = 0; y < side; y += step)
        {
            var (row, next, target) = (y * side, (y + step) % side * side, (y + half) * side + half);
            for (var x = 0; x < side; x += step)
            {
                var right = (x + step) & (side - 1);
                map[target + x] = (map[row + x] + map[next + x] + (map[row + right] + map[next + right])) / 4 + noise[at++];
            }
        }
    }

    private static void UpperEdges(Span<double> map, int side, int step, ReadOnlySpan<double> noise)
    {
        var (half, at) = (step / 2, 0);
        for (var y = 0; y < side; y += step)
        {
            var (row, below, above) = (y * side, (y + half) * side, (y - half + side) % side * side);
            for (var x = 0; x < side; x += step)
            {
                var right = (x + step) & (side - 1);
                map[row + x + half] = (map[below + x + half] + map[above + x + half] + (map[row + x] + map[row + right])) / 4 + noise[at++];
            }
        }
    }

    private static void LeftEdges(Span<double> map, int side, int step, ReadOnlySpan<double> noise)
    {
        var (half, at) = (step / 2, 0);
        for (var y = 0; y < side; y += step)
        {
            var (row, middle, next) = (y * side, (y + half) * side, (y + step) % side * side);
            for (var x = 0; x < side; x += step)
            {
                var left = (x - half) & (side - 1);
                map[middle + x] = (map[middle + x + half] + map[middle + left] + (map[row + x] + map[next + x])) / 4 + noise[at++];
            }
        }
    }
}
