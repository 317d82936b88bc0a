namespace OnnxAudit.Statistics;

/// <summary>Student's t distribution.</summary>
public static class StudentT
{
    /// <summary>
    /// P(|T| ≥ |t|) with <paramref name="freedom"/> degrees of freedom, not necessarily whole: I_{ν/(ν+t²)}(ν/2, ½). 0 for infinite t, NaN for NaN.
    /// Relative error below 1e-10.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Freedom not above 0.</exception>
    public static double TwoSided(double t, double freedom)
    {
        if (!(freedom > 0)) throw new ArgumentOutOfRangeException(nameof(freedom));
        if (double.IsNaN(t)) return double.NaN;
        if (double.IsInfinity(t)) return 0;
        double square = t * t, sum = freedom + square;
        return IncompleteBeta.Of(freedom / sum, square / sum, freedom / 2, 0.5);
    }
}
