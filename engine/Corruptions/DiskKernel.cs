using System.Collections.Concurrent;

namespace OnnxAudit.Corruptions;

/// <summary>
/// A disk of radius r smoothed at its rim by a 3×3 (r ≤ 8) or 5×5 gaussian, float32, not normalised again: where the disk touches the kernel's own
/// border its sum leaves 1, as in the published suites. Only taps that can change a sum are kept. Source: the generators' disk function.
/// </summary>
internal sealed class DiskKernel
{
    private const float Negligible = 1e-18f;
    private static readonly ConcurrentDictionary<(double Radius, double Alias), DiskKernel> Known = [];

    private DiskKernel(double radius, double alias)
    {
        var reach = radius <= 8 ? 8 : (int)radius;
        var side = 2 * reach + 1;
        var disk = new float[side * side];
        for (var y = -reach; y <= reach; y++)
        {
            for (var x = -reach; x <= reach; x++) disk[(y + reach) * side + x + reach] = x * x + y * y <= radius * radius ? 1 : 0;
        }

        var count = disk.Sum();
        disk = [.. disk.Select(v => v / count)];
        var smooth = Smoothed(Smoothed(disk, side, 1, alias, radius <= 8 ? 1 : 2), side, side, alias, radius <= 8 ? 1 : 2);
        var taps = Enumerable.Range(0, smooth.Length).Where(i => smooth[i] > Negligible).ToArray();
        Dx = [.. taps.Select(i => i % side - reach)];
        Dy = [.. taps.Select(i => i / side - reach)];
        Weights = [.. taps.Select(i => (double)smooth[i])];
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

    /// <summary>The kernel of a radius in pixels and a σ of the rim.</summary>
    public static DiskKernel Of(double radius, double alias) => Known.GetOrAdd((radius, alias), static key => new DiskKernel(key.Radius, key.Alias));

    private static float[] Smoothed(float[] plane, int side, int stride, double sigma, int reach)
    {
        double[] exact = [.. Enumerable.Range(-reach, 2 * reach + 1).Select(k => Math.Exp(-k * k / (2 * sigma * sigma)))];
        var sum = exact.Sum();
        float[] weights = [.. exact.Select(w => (float)(w / sum))];
        var result = new float[plane.Length];
        for (var i = 0; i < plane.Length; i++)
        {
            var at = i / stride % side;
            // OpenCV's order for a symmetric kernel: the middle, then pairs.
            result[i] = weights[reach] * plane[i];
            for (var k = 1; k <= reach; k++) result[i] += weights[reach + k] * (At(at - k) + At(at + k));
            float At(int index) => plane[i + (Border.MirrorInside.Index(index, side) - at) * stride];
        }

        return result;
    }
}
