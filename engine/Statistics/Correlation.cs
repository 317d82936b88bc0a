using System.Numerics.Tensors;

namespace OnnxAudit.Statistics;

/// <summary>How strongly two columns go together.</summary>
public static class Correlation
{
    /// <summary>
    /// Pearson's r = Σ(a−ā)(b−b̄) / √(Σ(a−ā)²·Σ(b−b̄)²), float64 in two passes; a, b: [n].
    /// In [−1, 1]; NaN when a column is constant, has fewer than two values or holds a value that is not finite.
    /// </summary>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static double Pearson(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length) throw new ArgumentException($"{a.Length} values against {b.Length}", nameof(b));
        if (IsConstant(a) || IsConstant(b)) return double.NaN;
        double[] x = Centred(a), y = Centred(b);
        var r = TensorPrimitives.Dot<double>(x, y) / (TensorPrimitives.Norm<double>(x) * TensorPrimitives.Norm<double>(y));
        return Math.Clamp(r, -1, 1);
    }

    /// <summary>Spearman's ρ: Pearson's r of the average ranks. NaN when a column is constant, has fewer than two values or holds NaN; infinite values have ranks.</summary>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static double Spearman(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length) throw new ArgumentException($"{a.Length} values against {b.Length}", nameof(b));
        return Pearson(Ranks.Of(a), Ranks.Of(b));
    }

    /// <summary>True when no two values differ; true for fewer than two values.</summary>
    public static bool IsConstant(ReadOnlySpan<double> values) => values.Length < 2 || values.IndexOfAnyExcept(values[0]) < 0;

    private static double[] Centred(ReadOnlySpan<double> values)
    {
        var centred = new double[values.Length];
        TensorPrimitives.Subtract(values, TensorPrimitives.Sum(values) / values.Length, centred);
        return centred;
    }
}
