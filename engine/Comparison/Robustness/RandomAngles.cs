using OnnxAudit.Kernels;

namespace OnnxAudit.Comparison.Robustness;

/// <summary>Angles between random vectors of one dimension.</summary>
/// <param name="Dimension">d.</param>
/// <param name="Mean">Mean angle, degrees.</param>
/// <param name="Sd">Standard deviation (n − 1), degrees.</param>
/// <param name="Expected">(180/π)/√d, what the deviation tends to for a law of mean zero.</param>
public readonly record struct RandomAngle(int Dimension, double Mean, double Sd, double Expected);

/// <summary>
/// How far apart vectors point that have nothing to do with each other: what an angle of a model with d features is to be read against.
/// Source: the random half of figure 11, arXiv:2206.07918.
/// </summary>
public static class RandomAngles
{
    /// <summary>
    /// Mean and deviation over <paramref name="pairs"/> pairs of vectors with independent uniform entries: on [−1, 1], whose angles tend to 90°, or on [0, 1]
    /// when <paramref name="positive"/> (as features after a ReLU are), whose angles tend to arccos ¾ = 41.41°. Philox(seed, pair, entry) alone decides them.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Dimension below 1 or fewer than two pairs.</exception>
    public static RandomAngle Of(int dimension, int pairs, ulong seed, bool positive = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 2);
        var random = Philox.For(seed, "random-angles");
        double mean = 0, squares = 0;
        for (var pair = 0; pair < pairs; pair++)
        {
            var angle = Angle(random, (ulong)pair, dimension, positive);
            var delta = angle - mean;
            mean += delta / (pair + 1);
            squares += delta * (angle - mean);
        }

        return new RandomAngle(dimension, mean, Math.Sqrt(squares / (pairs - 1)), 180 / Math.PI / Math.Sqrt(dimension));
    }

    private static double Angle(Philox random, ulong pair, int dimension, bool positive)
    {
        double product = 0, a2 = 0, b2 = 0;
        for (var k = 0; k < dimension; k += 2)
        {
            var (a, b, c, d) = random.Words(pair, (ulong)k / 2);
            Take(a, b);
            if (k + 1 < dimension) Take(c, d);
        }

        return Math.Acos(Math.Clamp(product / Math.Sqrt(a2 * b2), -1, 1)) * (180 / Math.PI);

        void Take(uint first, uint second)
        {
            // The middle of each of 2³² steps: never zero, so no vector lacks a direction.
            double x = (first + 0.5) / 4294967296.0, y = (second + 0.5) / 4294967296.0;
            if (!positive) (x, y) = (2 * x - 1, 2 * y - 1);
            product += x * y;
            a2 += x * x;
            b2 += y * y;
        }
    }
}
