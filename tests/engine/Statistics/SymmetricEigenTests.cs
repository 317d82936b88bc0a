using OnnxAudit.Statistics;
using OnnxAudit.Tests.Comparison;

namespace OnnxAudit.Tests.Statistics;

/// <summary>Eigenpairs satisfy their definition.</summary>
public class SymmetricEigenTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(300)]
    public void Pairs_SatisfyTheirDefinition(int n)
    {
        var matrix = Symmetric(n);
        var ranks = n == 2 ? [0, 1] : new[] { 0, 1, n / 2, n - 2, n - 1 }.Distinct().ToArray();
        var pairs = SymmetricEigen.Few([.. matrix], n, ranks, 2);
        foreach (var (value, vector) in pairs)
        {
            Assert.Equal(1, Math.Sqrt(vector.Sum(v => v * v)), 1e-12);
            for (var i = 0; i < n; i++)
                // Backward error of a few rounding errors of the norm, which is about 2√n.
                Assert.Equal(value * vector[i], Enumerable.Range(0, n).Sum(j => matrix[i * n + j] * vector[j]), 1e-12 * n);
        }

        for (var a = 0; a < pairs.Length; a++)
            for (var b = 0; b < a; b++) Assert.Equal(0, pairs[a].Vector.Zip(pairs[b].Vector, (x, y) => x * y).Sum(), 1e-10);
    }

    [Fact]
    public void Values_AreThoseOfAKnownMatrix()
    {
        // The path's second difference has eigenvalues 2 − 2·cos(kπ/(n+1)).
        const int n = 50;
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            matrix[i * n + i] = 2;
            if (i > 0) matrix[i * n + i - 1] = matrix[(i - 1) * n + i] = -1;
        }

        var pairs = SymmetricEigen.Few(matrix, n, [.. Enumerable.Range(0, n)], 1);
        Assert.All(pairs.Select((p, k) => (p.Value, k)), p => Assert.Equal(2 - 2 * Math.Cos((p.k + 1) * Math.PI / (n + 1)), p.Value, 1e-13));
    }

    [Fact]
    public void EqualEigenvalues_GetOrthogonalVectors()
    {
        const int n = 30;
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) matrix[i * n + j] = i == j ? 3 : 1;
        var pairs = SymmetricEigen.Few(matrix, n, [0, 1, 2, n - 1], 1);
        Assert.All(pairs[..3], p => Assert.Equal(2, p.Value, 1e-12));
        Assert.Equal(n + 2, pairs[3].Value, 1e-11);
        for (var a = 0; a < 4; a++)
            for (var b = 0; b < a; b++) Assert.Equal(0, pairs[a].Vector.Zip(pairs[b].Vector, (x, y) => x * y).Sum(), 1e-10);
    }

    [Fact]
    public void Leading_IsFromTheLargestOnDown_AsLongAsAsked()
    {
        const int n = 60;
        var matrix = Symmetric(n);
        var all = SymmetricEigen.Few([.. matrix], n, [.. Enumerable.Range(0, n)], 1);
        var asked = new List<double>();
        var leading = SymmetricEigen.Leading([.. matrix], n, value =>
        {
            asked.Add(value);
            return asked.Count <= 7;
        }, 1);
        Assert.Equal(all.Reverse().Take(8).Select(p => p.Value), asked);
        Assert.Equal(asked[..7], leading.Select(p => p.Value));
        foreach (var (first, second) in leading.Zip(all.Reverse()))
            for (var i = 0; i < n; i++) Assert.Equal(second.Vector[i], first.Vector[i], 1e-9);
    }

    [Fact]
    public void Threads_DoNotChangeABit()
    {
        const int n = 300;
        var matrix = Symmetric(n);
        var one = SymmetricEigen.Few([.. matrix], n, [0, 1, n - 1], 1);
        var three = SymmetricEigen.Few([.. matrix], n, [0, 1, n - 1], 3);
        Assert.All(one.Zip(three), p =>
        {
            Assert.Equal(p.First.Value, p.Second.Value);
            Assert.Equal(p.First.Vector, p.Second.Vector);
        });
    }

    private static double[] Symmetric(int n)
    {
        var values = PhiloxNumbers.Normal(7, n * n);
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = values[i * n + j];
        return matrix;
    }
}
