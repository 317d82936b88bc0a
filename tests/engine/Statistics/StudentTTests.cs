using OnnxAudit.Statistics;

namespace OnnxAudit.Tests.Statistics;

public class StudentTTests
{
    /// <summary>Closed forms: ν = 1: 1 − (2/π)·atan t; ν = 2: 1 − t/√(2+t²); ν = 4: 1 − s·(3 − s²)/2 with s = t/√(4+t²).</summary>
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(-1.7)]
    [InlineData(12.5)]
    [InlineData(400)]
    public void TwoSided_IsTheClosedForm(double t)
    {
        var x = Math.Abs(t);
        var s = x / Math.Sqrt(4 + x * x);
        // The closed forms subtract from one, so only their absolute error is small.
        Assert.Equal(1 - 2 / Math.PI * Math.Atan(x), StudentT.TwoSided(t, 1), 1e-13);
        Assert.Equal(1 - x / Math.Sqrt(2 + x * x), StudentT.TwoSided(t, 2), 1e-13);
        Assert.Equal(1 - s * (3 - s * s) / 2, StudentT.TwoSided(t, 4), 1e-13);
    }

    /// <summary>The printed table's 5 % points: 2.228139 at 10, 2.042272 at 30; 1.959964 in the limit.</summary>
    [Theory]
    [InlineData(2.228138852, 10)]
    [InlineData(2.042272456, 30)]
    [InlineData(1.959963985, 1e9)]
    public void TwoSided_OfTheTablesFivePercentPoints(double t, double freedom) => Assert.Equal(0.05, StudentT.TwoSided(t, freedom), 1e-9);

    /// <summary>Freedom that is not whole, against Simpson's rule on the density in the angle t = √ν·tan φ, whose density is cos^(ν−1) φ.</summary>
    [Theory]
    [InlineData(1.5, 2.5)]
    [InlineData(3.2, 17.776)]
    [InlineData(0.05, 0.7)]
    public void TwoSided_OfBrokenFreedom_IsTheIntegral(double t, double freedom)
    {
        // φ = π/2 − u^(2) takes the root singularity of cos^(ν−1) at π/2 away for ν > ½.
        double Tail(double from) => Simpson(u => Math.Pow(Math.Sin(u * u), freedom - 1) * 2 * u, 0, Math.Sqrt(Math.PI / 2 - from));
        Assert.Equal(Tail(Math.Atan(t / Math.Sqrt(freedom))) / Tail(0), StudentT.TwoSided(t, freedom), 1e-6);
    }

    [Fact]
    public void TwoSided_HoldsAtTheEnds()
    {
        Assert.Equal(1, StudentT.TwoSided(0, 3.3));
        Assert.Equal(0, StudentT.TwoSided(double.NegativeInfinity, 3));
        Assert.True(double.IsNaN(StudentT.TwoSided(double.NaN, 3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.TwoSided(1, 0));
        // ν = 2, far out: 1 − t/√(2+t²) → 1/t².
        Assert.Equal(1, StudentT.TwoSided(1e8, 2) * 1e16, 1e-10);
    }

    private static double Simpson(Func<double, double> f, double a, double b)
    {
        const int steps = 200_000;
        var h = (b - a) / steps;
        double sum = 0;
        for (var i = 0; i <= steps; i++)
        {
            var value = f(a + i * h);
            if (double.IsFinite(value)) sum += value * (i is 0 or steps ? 1 : i % 2 == 1 ? 4 : 2);
        }

        return sum * h / 3;
    }
}
