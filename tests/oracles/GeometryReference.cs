using OnnxAudit.Geometry;

namespace OnnxAudit.Tests.Oracles;

/// <summary>Angle, length and margin written down slowly and literally from kernels/geometry/geometry.md, one sample at a time, in float64.</summary>
internal static class GeometryReference
{
    public static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    public static double Norm(double[] a) => Math.Sqrt(Dot(a, a));

    public static double Length(double[] x) => Norm(x);

    public static double Angle(double[] x, double[] w)
    {
        if (Norm(x) == 0 || Norm(w) == 0) return 90;
        return Math.Acos(Math.Clamp(Dot(w, x) / (Norm(w) * Norm(x)), -1, 1)) * 180 / Math.PI;
    }

    /// <summary>d(i,j) = ((W_i − W_j)·X + b_i − b_j) / ‖W_i − W_j‖; null when the pair is skipped.</summary>
    public static double? Distance(double[] x, double[][] w, double[]? b, int i, int j)
    {
        var difference = w[i].Zip(w[j], (p, q) => p - q).ToArray();
        if (Norm(difference) < 1e-12) return null;
        return (Dot(difference, x) + (b is null ? 0 : b[i] - b[j])) / Norm(difference);
    }

    /// <summary>The margin of true class y and real prediction p.</summary>
    public static double Margin(double[] x, double[][] w, double[]? b, int y, int p, MarginMode mode)
    {
        double Smallest(int i, Func<double, double> of) => Enumerable.Range(0, w.Length)
            .Where(j => j != i)
            .Select(j => Distance(x, w, b, i, j))
            .Where(d => d is not null)
            .Select(d => of(d!.Value))
            .DefaultIfEmpty(double.PositiveInfinity)
            .Min();
        var sign = p == y ? 1 : -1;
        return mode switch
        {
            MarginMode.PaperTrueLabel => sign * Smallest(y, Math.Abs),
            MarginMode.PredictedRegion => sign * Smallest(p, Math.Abs),
            _ => Smallest(y, d => d),
        };
    }

    public static double Probability(double[] z, int y) => 1 / z.Sum(other => Math.Exp(other - z[y]));
}
