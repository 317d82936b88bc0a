namespace OnnxAudit.Statistics;

/// <summary>A test of a difference of means.</summary>
/// <param name="Difference">Mean of the second minus mean of the first.</param>
/// <param name="T">The difference over its standard error.</param>
/// <param name="Freedom">Degrees of freedom.</param>
/// <param name="P">Two-sided p. NaN where a side has fewer than two values or nothing varies: there is no test then.</param>
public readonly record struct MeanTest(double Difference, double T, double Freedom, double P);

/// <summary>Tests of means by Student's t.</summary>
public static class Welch
{
    /// <summary>
    /// Welch's two-sided test of two samples of unequal variance: t = (b̄ − ā)/√(s_a²/n_a + s_b²/n_b), ν by Welch and Satterthwaite.
    /// Source: B. L. Welch, Biometrika 34 (1947) 28–35.
    /// </summary>
    public static MeanTest Test(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var (meanA, varianceA) = Moments(first);
        var (meanB, varianceB) = Moments(second);
        double a = varianceA / first.Length, b = varianceB / second.Length, error = a + b;
        if (!(error > 0)) return new MeanTest(meanB - meanA, double.NaN, double.NaN, double.NaN);
        var freedom = error * error / (a * a / (first.Length - 1) + b * b / (second.Length - 1));
        var t = (meanB - meanA) / Math.Sqrt(error);
        return new MeanTest(meanB - meanA, t, freedom, StudentT.TwoSided(t, freedom));
    }

    /// <summary>The two-sided paired test: are these differences zero on average? t = d̄·√n/s, ν = n − 1.</summary>
    public static MeanTest Paired(ReadOnlySpan<double> differences)
    {
        var (mean, variance) = Moments(differences);
        if (!(variance > 0)) return new MeanTest(mean, double.NaN, double.NaN, double.NaN);
        var t = mean / Math.Sqrt(variance / differences.Length);
        return new MeanTest(mean, t, differences.Length - 1, StudentT.TwoSided(t, differences.Length - 1));
    }

    private static (double Mean, double Variance) Moments(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty) return (double.NaN, double.NaN);
        double sum = 0, squares = 0;
        foreach (var value in values) sum += value;
        var mean = sum / values.Length;
        foreach (var value in values) squares += (value - mean) * (value - mean);
        return (mean, values.Length < 2 ? double.NaN : squares / (values.Length - 1));
    }
}
