using OnnxAudit.Statistics;

namespace OnnxAudit.Tests.Statistics;

public class CorrelationTests
{
    private static readonly double[] X = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    private static readonly double[] Y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];

    /// <summary>F. J. Anscombe's first set, 1973: r = 0.81642 (R: cor(anscombe$x1, anscombe$y1) = 0.8164205163448399).</summary>
    [Fact]
    public void Pearson_OfAnscombesFirstSet() => Assert.Equal(0.8164205163448399, Correlation.Pearson(X, Y), 1e-14);

    /// <summary>The usual example of IQ against hours of television: ρ = −29/165.</summary>
    [Fact]
    public void Spearman_OfTheTelevisionExample() => Assert.Equal(-29.0 / 165,
        Correlation.Spearman([106, 86, 100, 101, 99, 103, 97, 113, 112, 110], [7, 0, 27, 50, 28, 29, 20, 12, 6, 17]), 1e-14);

    /// <summary>Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: r = 4.5/√(4.5·5).</summary>
    [Fact]
    public void Spearman_GivesTiesTheirMeanRank()
    {
        Assert.Equal([1, 2.5, 2.5, 4], Ranks.Of([-1, 7, 7, double.PositiveInfinity]));
        Assert.Equal(4.5 / Math.Sqrt(22.5), Correlation.Spearman([-1, 7, 7, double.PositiveInfinity], [1, 2, 3, 4]), 1e-15);
    }

    /// <summary>One-pass formulas lose all digits here: the mean is 1e8 times the deviation.</summary>
    [Fact]
    public void Pearson_KeepsItsDigits_FarFromZero() =>
        Assert.Equal(Correlation.Pearson(X, Y), Correlation.Pearson([.. X.Select(x => x + 1e9)], [.. Y.Select(y => 1e-3 * y)]), 1e-7);

    [Fact]
    public void ConstantShortOrBrokenColumns_HaveNone()
    {
        Assert.True(double.IsNaN(Correlation.Pearson([2, 2, 2], [1, 2, 3])));
        Assert.True(double.IsNaN(Correlation.Pearson([1, 2, 3], [0.1, 0.1, 0.1])));
        Assert.True(double.IsNaN(Correlation.Pearson([1], [2])));
        Assert.True(double.IsNaN(Correlation.Pearson([], [])));
        Assert.True(double.IsNaN(Correlation.Pearson([1, double.NaN, 3], [1, 2, 3])));
        Assert.True(double.IsNaN(Correlation.Spearman([1, double.NaN, 3], [1, 2, 3])));
        Assert.Throws<ArgumentException>(() => Correlation.Pearson([1], [1, 2]));
    }

    [Fact]
    public void Correlations_StayWithinOne() =>
        Assert.Equal([1, -1, 1], new[] { Correlation.Pearson([0.1, 0.2, 0.3], [1.1, 2.2, 3.3]), Correlation.Pearson(X, [.. X.Select(x => -0.1 * x)]), Correlation.Spearman(Y, [.. Y.Select(Math.Exp)]) });
}
