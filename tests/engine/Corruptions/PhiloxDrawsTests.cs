using OnnxAudit.Corruptions;
using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Corruptions;

public class PhiloxDrawsTests
{
    [Fact]
    public void BulkDraws_AreTheSingleOnes()
    {
        var (single, bulk) = (new PhiloxDraws(), new PhiloxDraws());
        single.Begin(3, "x", 2, 7);
        bulk.Begin(3, "x", 2, 7);
        var normals = new float[1501];
        bulk.Normals(normals);
        Assert.Equal(normals, normals.Select(_ => (float)single.Normal()));
        var uniforms = new double[700];
        bulk.Uniforms(uniforms);
        Assert.Equal(uniforms, uniforms.Select(_ => single.Uniform()));
        var integers = new int[900];
        bulk.Integers(6, integers);
        Assert.Equal(integers, integers.Select(_ => single.Integer(6)));
        Assert.Equal([0, 1, 2, 3, 4, 5], integers.Distinct().Order());
    }

    [Fact]
    public void Keys_ShareNoNumbers()
    {
        var seen = new HashSet<double>();
        var draws = new PhiloxDraws();
        foreach (var (seed, name, severity, sample) in new[] { (1UL, "a", 1, 1L), (2UL, "a", 1, 1L), (1UL, "b", 1, 1L), (1UL, "a", 2, 1L), (1UL, "a", 1, 2L) })
        {
            draws.Begin(seed, name, severity, sample);
            for (var i = 0; i < 8; i++) Assert.True(seen.Add(draws.Uniform()));
        }
    }

    [Fact]
    public void Normal_IsTheQuantile_OfItsWord()
    {
        uint[] words = [0, 1, 100, 65_536, 1u << 24, 1u << 30, (1u << 31) - 1, 1u << 31, 3u << 30, uint.MaxValue - 1, uint.MaxValue, .. Enumerable.Range(1, 500).Select(i => (uint)i * 8_589_934)];
        var made = new float[words.Length];
        NormalDraw.Fill(words, made);
        for (var i = 0; i < words.Length; i++)
        {
            // The upper half of the words mirrors the lower: word w + 2³¹ gives the other sign of word w.
            var p = ((words[i] & 0x7FFFFFFF) + 0.5) / 4294967296.0;
            var expected = -OnnxAudit.Statistics.NormalQuantile.Of(p) * (words[i] >> 31 == 0 ? 1 : -1);
            // The approximation was fitted to single precision's p; one draw in ten million lies beyond.
            Assert.Equal(expected, made[i], Math.Abs(expected) * (p < 1e-7 ? 1e-3 : 1e-5) + 1e-6);
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(7.5)]
    [InlineData(500.0)]
    public void Poisson_HasItsMeanAndVariance(double mean)
    {
        var table = new PoissonTable(mean);
        const int count = 100_000;
        double sum = 0, squares = 0;
        for (var i = 0; i < count; i++)
        {
            var k = table.Quantile((i + 0.5) / count);
            sum += k;
            squares += (double)k * k;
        }

        // Midpoints of a hundred thousand equal slices miss the tails beyond 4.4 deviations.
        Assert.Equal(mean, sum / count, 1e-3 * Math.Sqrt(mean) + 1e-9);
        Assert.Equal(mean, squares / count - sum / count * (sum / count), 2e-3 * mean + 1e-9);
    }

    [Fact]
    public void Poisson_BeginsWhereItsProbabilitiesSay()
    {
        var table = new PoissonTable(2);
        Assert.Equal(0, table.Quantile(Math.Exp(-2) - 1e-9));
        Assert.Equal(1, table.Quantile(Math.Exp(-2) + 1e-9));
        Assert.Equal(1, table.Quantile(3 * Math.Exp(-2) - 1e-9));
        Assert.Equal(2, table.Quantile(3 * Math.Exp(-2) + 1e-9));
        Assert.InRange(table.Quantile(1 - 1.0 / 4294967296.0), 15, 25);
    }

    [Fact]
    public void Fill_GivesTheWordsOfEveryDraw_AcrossACarry()
    {
        var philox = Philox.For(5, "words");
        foreach (var first in new ulong[] { 0, 3, (1UL << 32) - 5, 1UL << 58 })
        {
            var words = new uint[4 * 37];
            philox.Fill(0x1_2345_6789, first, words);
            for (var i = 0; i < 37; i++) Assert.Equal(philox.Words(0x1_2345_6789, first + (ulong)i), (words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]));
        }
    }
}
