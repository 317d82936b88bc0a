using OnnxAudit.Compression.Factorisation;

namespace OnnxAudit.Tests.Compression.Factorisation;

/// <summary>Truncated decompositions against matrices whose singular values are known, and against definitions.</summary>
public class LowRankTests
{
    /// <summary>W = Σ σ_k·u_k·v_kᵀ with cosine vectors, which are orthonormal: the best rank r keeps the r largest.</summary>
    [Theory]
    [InlineData(12, 20)]
    [InlineData(20, 12)]
    [InlineData(16, 16)]
    [InlineData(5, 3000)]
    public void KnownSingularValues_AreKeptLargestFirst(int rows, int columns)
    {
        double[] sigmas = [8, 4, 2, 1, 0.5];
        var full = Sum(sigmas.Length);
        for (var rank = 1; rank <= sigmas.Length; rank++)
        {
            var product = LowRank.Of(full, rows, columns, rank, 1, 2);
            var (expected, found) = (Sum(rank), Product(product, rows, columns));
            Assert.Equal((rank, rows * rank, rank * columns), (product.Rank, product.Left.Length, product.Right.Length));
            Assert.Equal(sigmas[..rank].Sum(s => s * s) / sigmas.Sum(s => s * s), product.Energy, 1e-6);
            for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 3e-6); // float32 entries below 8
        }

        float[] Sum(int count)
        {
            var w = new float[rows * columns];
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < columns; j++)
                    for (var k = 0; k < count; k++) w[i * columns + j] += (float)(sigmas[k] * Cosine(k, i, rows) * Cosine(k, j, columns));
            return w;
        }
    }

    /// <summary>85.25 of 85.3125 is 99.93 %: energies just below and above it take 4 and 5 values.</summary>
    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.93, 2)]
    [InlineData(0.96, 3)]
    [InlineData(1, 6)]
    public void Energy_TakesTheFewestThatHoldIt(double energy, int rank)
    {
        // Diagonal: singular values 8, 4, 2, 1, 0.5, 0.25 in another order; shares .75, .9377, .9846, .9963, .9993, 1.
        var w = new float[36];
        foreach (var (value, i) in new[] { 1f, 0.25f, 8, 0.5f, 4, 2 }.Select((v, i) => (v, i))) w[i * 6 + i] = i % 2 == 0 ? -value : value;
        var product = LowRank.Of(w, 6, 6, null, energy, 1);
        Assert.Equal(rank, product.Rank);
        Assert.InRange(product.Energy, energy, 1);
    }

    /// <summary>What is left out is orthogonal to what is kept, and its size is what the energy says: both hold for the best approximation of a rank alone.</summary>
    [Theory]
    [InlineData(30, 70, 7)]
    [InlineData(70, 30, 25)]
    public void TheRest_IsOrthogonal_AndOfTheSizeStated(int rows, int columns, int rank)
    {
        var w = Models.Weights(rows * columns, 4);
        var product = LowRank.Of(w, rows, columns, rank, 1, 1);
        var kept = Product(product, rows, columns);
        var rest = w.Zip(kept, (a, b) => (double)a - b).ToArray();
        Assert.Equal(Math.Sqrt(1 - product.Energy), Math.Sqrt(rest.Sum(r => r * r) / w.Sum(v => (double)v * v)), 1e-6);
        for (var i = 0; i < rows; i++)
            for (var k = 0; k < rows; k++) Assert.Equal(0, Enumerable.Range(0, columns).Sum(j => rest[i * columns + j] * kept[k * columns + j]), 1e-5);
        // Both factors carry √Σ: column k of the one is as long as row k of the other.
        for (var k = 0; k < rank; k++)
            Assert.Equal(Enumerable.Range(0, rows).Sum(i => Math.Pow(product.Left[i * rank + k], 2)), Enumerable.Range(0, columns).Sum(j => Math.Pow(product.Right[k * columns + j], 2)), 1e-4);
    }

    [Fact]
    public void Zeros_HaveRankOne()
    {
        var product = LowRank.Of(new float[12], 3, 4, null, 0.9, 1);
        Assert.Equal((1, 1.0), (product.Rank, product.Energy));
        Assert.All(Product(product, 3, 4), v => Assert.Equal(0, v));
    }

    [Fact]
    public void Threads_DoNotChangeABit()
    {
        var w = Models.Weights(200 * 300, 4);
        var (one, three) = (LowRank.Of(w, 200, 300, 20, 1, 1), LowRank.Of(w, 200, 300, 20, 1, 3));
        Assert.Equal(one.Left, three.Left);
        Assert.Equal(one.Right, three.Right);
    }

    private static double Cosine(int k, int i, int n) => Math.Sqrt((k == 0 ? 1.0 : 2.0) / n) * Math.Cos(Math.PI * (i + 0.5) * k / n);

    private static double[] Product(LowRank product, int rows, int columns)
    {
        var w = new double[rows * columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                for (var k = 0; k < product.Rank; k++) w[i * columns + j] += (double)product.Left[i * product.Rank + k] * product.Right[k * columns + j];
        return w;
    }
}
