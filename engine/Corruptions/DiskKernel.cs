using System.Collections.Concurrent;
using System.Numerics;

namespace OnnxAudit.Corruptions;

/// <summary>
/// A disk of radius r smoothed at its rim by a 3×3 (r ≤ 8) or 5×5 gaussian, not normalised again: where the disk touches the kernel's own border its sum
/// leaves 1, as in the published suites. Only taps that can change a sum are kept. Source: the generators' disk function.
/// </summary>
internal sealed class DiskKernel
{
    private static readonly ConcurrentDictionary<(double Radius, double Alias, bool Single), DiskKernel> Known = [];

    private DiskKernel(double[] kernel, int side, double negligible)
    {
        var taps = Enumerable.Range(0, kernel.Length).Where(i => kernel[i] > negligible).ToArray();
        Dx = [.. taps.Select(i => i % side - side / 2)];
        Dy = [.. taps.Select(i => i / side - side / 2)];
        Weights = [.. taps.Select(i => kernel[i])];
        Margin = Math.Max(Dx.Max(), Dy.Max());
    }

    /// <summary>Columns from the middle, row by row.</summary>
    public int[] Dx { get; }

    /// <summary>Rows from the middle.</summary>
    public int[] Dy { get; }

    /// <summary>Weight of each tap.</summary>
    public double[] Weights { get; }

    /// <summary>The farthest tap in either direction.</summary>
    public int Margin { get; }

    /// <summary>
    /// The kernel of a radius in pixels and a σ of the rim, in float64 with SciPy's order of additions; or, with <paramref name="single"/>, made in float32 as
    /// OpenCV makes it.
    /// </summary>
    public static DiskKernel Of(double radius, double alias, bool single) => Known.GetOrAdd((radius, alias, single), static key => Made(key.Radius, key.Alias, key.Single));

    // SciPy's correlation leaves out taps up to the machine epsilon; OpenCV keeps all, and those below 1e-18 change no sum.
    private static DiskKernel Made(double radius, double alias, bool single)
    {
        var side = 2 * (radius <= 8 ? 8 : (int)radius) + 1;
        return single
            ? new DiskKernel([.. Smooth<float>(radius, alias, side, nearestFirst: true).Select(w => (double)w)], side, 1e-18)
            : new DiskKernel(Smooth<double>(radius, alias, side, nearestFirst: false), side, Math.ScaleB(1, -52));
    }

    private static T[] Smooth<T>(double radius, double alias, int side, bool nearestFirst)
        where T : struct, INumber<T>
    {
        var middle = side / 2;
        bool Inside(int i) => (i % side - middle) * (i % side - middle) + (i / side - middle) * (i / side - middle) <= radius * radius;
        var count = T.CreateChecked(Enumerable.Range(0, side * side).Count(Inside));
        T[] disk = [.. Enumerable.Range(0, side * side).Select(i => Inside(i) ? T.One / count : T.Zero)];
        var reach = radius <= 8 ? 1 : 2;
        double[] exact = [.. Enumerable.Range(-reach, 2 * reach + 1).Select(k => Math.Exp(-k * k / (2 * alias * alias)))];
        var sum = exact.Sum();
        T[] weights = [.. exact.Select(w => T.CreateChecked(w / sum))];
        return Smoothed(Smoothed(disk, side, 1, weights, nearestFirst), side, side, weights, nearestFirst);
    }

    // A symmetric kernel: the middle, then pairs.
    private static T[] Smoothed<T>(T[] plane, int side, int stride, T[] weights, bool nearestFirst)
        where T : struct, INumber<T>
    {
        var reach = weights.Length / 2;
        var result = new T[plane.Length];
        for (var i = 0; i < plane.Length; i++)
        {
            var at = i / stride % side;
            result[i] = weights[reach] * plane[i];
            for (var n = 1; n <= reach; n++)
            {
                var k = nearestFirst ? n : reach + 1 - n;
                result[i] += weights[reach + k] * (At(at - k) + At(at + k));
            }

            T At(int index) => plane[i + (Border.MirrorInside.Index(index, side) - at) * stride];
        }

        return result;
    }
}
