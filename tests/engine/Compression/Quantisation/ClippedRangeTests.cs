using OnnxAudit.Compression.Quantisation;

namespace OnnxAudit.Tests.Compression.Quantisation;

/// <summary>Calibration methods against slow definitions.</summary>
public class ClippedRangeTests
{
    private static readonly float[] Values = Sample(40_000, 5);

    [Fact]
    public void Counts_AreThoseOfEqualBins_AndTheLargestValueIsInTheLast()
    {
        var histogram = new Histogram(-1, 1);
        histogram.Add([-1f, -0.9995f, 0, 0.9995f, 1, 5]);
        Assert.Equal(2, histogram.Counts[0]);
        Assert.Equal(1, histogram.Counts[Histogram.Bins / 2]);
        Assert.Equal(3, histogram.Counts[^1]);
        Assert.Equal(6, histogram.Counts.ToArray().Sum());
    }

    /// <summary>The sorted values' quantiles, to a bin.</summary>
    [Theory]
    [InlineData(99.99)]
    [InlineData(99)]
    [InlineData(80)]
    public void Percentile_IsTheSortedQuantile_ToABin(double percent)
    {
        var histogram = Of(Values, magnitudes: false);
        var (low, high) = ClippedRange.Percentile(histogram, percent);
        var sorted = Values.Order().ToArray();
        var cut = (int)(Values.Length * (100 - percent) / 200);
        Assert.InRange(sorted[cut] - low, -1e-6, histogram.Width + 1e-6);
        Assert.InRange(high - sorted[^(cut + 1)], -1e-6, histogram.Width + 1e-6);
    }

    [Fact]
    public void Percentile_OfAHundred_IsTheWholeRange()
    {
        var histogram = Of(Values, magnitudes: false);
        Assert.Equal((histogram.Low, histogram.High), ClippedRange.Percentile(histogram, 100));
    }

    /// <summary>
    /// Brute force over the values themselves, not their bins, with 15 levels, which make clipping worth while: the range chosen is worse than the best of the same
    /// candidates by 1 % at most, the bins' share.
    /// </summary>
    [Fact]
    public void Mse_IsTheBestClipping_OfTheValuesThemselves()
    {
        static AffineCode Coarse(double low, double high) => AffineCode.Symmetric(low, high, 7);
        var histogram = Of(Values, magnitudes: false);
        var chosen = ClippedRange.Mse(histogram, Coarse);
        double Error(AffineCode code) => Values.Sum(v => Math.Pow(v - (double)code.Dequantise(code.Quantise(v)), 2));
        var errors = Enumerable.Range(1, 100).Select(s => Error(Coarse(histogram.Low * s / 100, histogram.High * s / 100))).ToArray();
        Assert.InRange(Error(Coarse(chosen.Low, chosen.High)), errors.Min(), errors.Min() * 1.01);
        Assert.True(errors.Min() < 0.5 * errors[^1], "clipping must be worth while, or the test tells nothing");
    }

    /// <summary>The published loop written out: P with the clipped counts in its last bin, Q merged to 128 levels and spread over the bins that held something.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(11)]
    public void Entropy_IsTheSlowDefinitions(int seed)
    {
        var histogram = Of(Sample(20_000, seed), magnitudes: true);
        var counts = histogram.Counts.ToArray();
        var (best, least) = (0, double.PositiveInfinity);
        for (var bins = 128; bins <= counts.Length; bins++)
        {
            var p = counts[..bins].Select(c => (double)c).ToArray();
            p[^1] += counts[bins..].Sum();
            var q = new double[bins];
            for (var level = 0; level < 128; level++)
            {
                var members = Enumerable.Range(0, bins).Where(b => b >= level * bins / 128 && b < (level + 1) * bins / 128 && counts[b] > 0).ToArray();
                foreach (var b in members) q[b] = members.Sum(m => (double)counts[m]) / members.Length;
            }

            var (sumP, sumQ) = (p.Sum(), q.Sum());
            var divergence = Enumerable.Range(0, bins).Where(b => p[b] > 0).Sum(b => q[b] == 0 ? double.PositiveInfinity : p[b] / sumP * Math.Log(p[b] / sumP / (q[b] / sumQ)));
            if (divergence < least - 1e-12) (best, least) = (bins, divergence);
        }

        Assert.InRange(best, 129, 2047);
        Assert.Equal(best * histogram.Width, ClippedRange.Entropy(histogram), 1e-9);
    }

    [Fact]
    public void ExactZeros_DoNotMoveTheEntropyThreshold() =>
        Assert.Equal(ClippedRange.Entropy(Of(Values, magnitudes: true)), ClippedRange.Entropy(Of([.. Values, .. new float[100_000]], magnitudes: true)));

    private static Histogram Of(float[] values, bool magnitudes)
    {
        var histogram = magnitudes ? new Histogram(0, values.Max(Math.Abs), true) : new Histogram(values.Min(), values.Max());
        histogram.Add(values);
        return histogram;
    }

    // Sums of twelve uniform draws, and a few far out.
    private static float[] Sample(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => (i % 4000 == 7 ? 8 : 1) * ((float)Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 5.5f))];
    }
}
