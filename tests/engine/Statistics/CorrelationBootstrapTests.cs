using OnnxAudit.Kernels;
using OnnxAudit.Statistics;

namespace OnnxAudit.Tests.Statistics;

public class CorrelationBootstrapTests
{
    /// <summary>Resamples written out and ranked anew must give the very intervals that weights give.</summary>
    [Fact]
    public void Intervals_AreThoseOfResamplesWrittenOut()
    {
        var (a, b) = Pairs(57, 0.5, round: 1);
        var options = new BootstrapOptions(200, 0.9, Seed: 11);
        var estimate = CorrelationBootstrap.Of([a], [b], options)[0, 0];
        double[] pearson = new double[200], spearman = new double[200];
        var weights = new double[a.Length];
        for (var r = 0; r < 200; r++)
        {
            Bootstrap.Draw(11, r, weights);
            int[] drawn = [.. weights.SelectMany((w, i) => Enumerable.Repeat(i, (int)w))];
            Assert.Equal(a.Length, drawn.Length);
            double[] x = [.. drawn.Select(i => a[i])], y = [.. drawn.Select(i => b[i])];
            (pearson[r], spearman[r]) = (Correlation.Pearson(x, y), Correlation.Spearman(x, y));
        }

        Near(Bootstrap.Percentile(pearson, 0.9), estimate.PearsonInterval);
        Near(Bootstrap.Percentile(spearman, 0.9), estimate.SpearmanInterval);
        Assert.Equal(Correlation.Pearson(a, b), estimate.Pearson);
        Assert.Equal(Correlation.Spearman(a, b), estimate.Spearman);
    }

    /// <summary>For normal pairs Fisher's z gives the interval tanh(atanh r ± 1.96/√(n−3)); the bootstrap's ends scatter by about 0.01 at 1,000 replicates.</summary>
    [Fact]
    public void Interval_OfNormalPairs_IsFishers()
    {
        var (a, b) = Pairs(1000, 0.6, round: 2);
        var estimate = CorrelationBootstrap.Of([a], [b], new BootstrapOptions())[0, 0];
        var z = Math.Atanh(estimate.Pearson);
        Assert.Equal(Math.Tanh(z - 1.96 / Math.Sqrt(997)), estimate.PearsonInterval.Low, 0.015);
        Assert.Equal(Math.Tanh(z + 1.96 / Math.Sqrt(997)), estimate.PearsonInterval.High, 0.015);
        Assert.InRange(0.6, estimate.PearsonInterval.Low, estimate.PearsonInterval.High);
    }

    [Fact]
    public void Interval_DependsOnTheSeedAlone_AndNotOnWhatElseIsAsked()
    {
        var (a, b) = Pairs(40, 0.3, round: 3);
        var alone = CorrelationBootstrap.Of([a], [b], new BootstrapOptions(100, Seed: 5))[0, 0];
        Assert.Equal(alone, CorrelationBootstrap.Of([b, a], [a, b], new BootstrapOptions(100, Seed: 5))[1, 1]);
        Assert.NotEqual(alone.PearsonInterval, CorrelationBootstrap.Of([a], [b], new BootstrapOptions(100, Seed: 6))[0, 0].PearsonInterval);
    }

    /// <summary>0.1 is no binary fraction: a resample's mean of it is off by a rounding error that must not pass for variance.</summary>
    [Fact]
    public void ConstantColumns_HaveNoInterval_AndResamplesThatBecomeConstantTakeNoPart()
    {
        var constant = CorrelationBootstrap.Of([[0.1, 0.1, 0.1, 0.1]], [[1, 2, 3, 4]], new BootstrapOptions(50))[0, 0];
        Assert.True(double.IsNaN(constant.Pearson) && double.IsNaN(constant.PearsonInterval.Low) && double.IsNaN(constant.SpearmanInterval.High));
        var rare = CorrelationBootstrap.Of([[0.1, 0.1, 0.7]], [[0.3, 0.3, 0.9]], new BootstrapOptions(50))[0, 0];
        Assert.Equal((1, 1), (Math.Round(rare.PearsonInterval.Low, 12), Math.Round(rare.SpearmanInterval.High, 12)));
    }

    [Fact]
    public void BrokenColumns_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => CorrelationBootstrap.Of([[1, double.NaN]], [[1, 2]], new BootstrapOptions()));
        Assert.Throws<ArgumentException>(() => CorrelationBootstrap.Of([[1, 2]], [[1, 2, 3]], new BootstrapOptions()));
    }

    /// <summary>Each of n samples is as likely as another: over 2,000 resamples of 10 a sample's mean weight is 1 ± 5·√(0.9/2000).</summary>
    [Fact]
    public void Draw_IsUniform()
    {
        double[] sum = new double[10], weights = new double[10];
        for (var r = 0; r < 2000; r++)
        {
            Bootstrap.Draw(3, r, weights);
            for (var i = 0; i < 10; i++) sum[i] += weights[i];
        }

        Assert.All(sum, s => Assert.InRange(s / 2000, 1 - 0.11, 1 + 0.11));
        Assert.Equal(20_000, sum.Sum());
    }

    private static void Near((double Low, double High) expected, (double Low, double High) found)
    {
        Assert.Equal(expected.Low, found.Low, 1e-12);
        Assert.Equal(expected.High, found.High, 1e-12);
    }

    private static (double[] A, double[] B) Pairs(int n, double rho, uint round)
    {
        var random = Philox.For(77, "pairs");
        double[] a = new double[n], b = new double[n];
        for (uint i = 0; i < n; i++)
        {
            var words = random.Words(round, i);
            var radius = Math.Sqrt(-2 * Math.Log(1 - Philox.ToUnit(words.A)));
            var (u, v) = (radius * Math.Cos(2 * Math.PI * Philox.ToUnit(words.B)), radius * Math.Sin(2 * Math.PI * Philox.ToUnit(words.B)));
            (a[i], b[i]) = (Math.Round(u, 1), rho * u + Math.Sqrt(1 - rho * rho) * v);
        }

        return (a, b);
    }
}
