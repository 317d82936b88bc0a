using OnnxAudit.Comparison.Similarity;

namespace OnnxAudit.Tests.Comparison.Similarity;

/// <summary>Linear CKA equals its definition and has its invariances.</summary>
public class LinearCkaTests
{
    private const int N = 90, P = 7, Q = 11;
    private static readonly float[] A = PhiloxNumbers.NormalFloats(1, N * P);
    private static readonly float[] B = Mixed();

    [Fact]
    public void BothForms_EqualTheDefinition()
    {
        var expected = Definition(A, P, B, Q, N);
        Assert.InRange(expected, 0.05, 0.95);
        // float64 throughout: only the order of summation differs.
        Assert.Equal(expected, LinearCka.ByColumns(A, P, B, Q), 1e-12);
        Assert.Equal(expected, LinearCka.ByGram(A, P, B, Q), 1e-12);
        Assert.Equal(expected, LinearCka.Of(A, P, B, Q), 1e-12);
    }

    [Fact]
    public void WideFeatures_TakeTheGramForm_ToTheSameNumber()
    {
        const int n = 9;
        float[] a = PhiloxNumbers.NormalFloats(3, n * 40), b = PhiloxNumbers.NormalFloats(4, n * 30);
        Assert.Equal(Definition(a, 40, b, 30, n), LinearCka.Of(a, 40, b, 30), 1e-12);
    }

    [Fact]
    public void Panels_DoNotChangeTheNumber()
    {
        float[] a = PhiloxNumbers.NormalFloats(3, 200 * 130), b = PhiloxNumbers.NormalFloats(4, 200 * 67);
        Assert.Equal(LinearCka.ByGram(a, 130, b, 67), LinearCka.ByColumns(a, 130, b, 67), 1e-12);
    }

    [Fact]
    public void OneSideWithItself_IsOne()
    {
        Assert.Equal(1, LinearCka.Of(A, P, A, P), 1e-12);
        Assert.Equal(LinearCka.Of(A, P, B, Q), LinearCka.Of(B, Q, A, P), 1e-12);
    }

    [Fact]
    public void OrthogonalMapsScalingAndShifts_ChangeNothing()
    {
        // Householder's reflection by a vector of ones, times 3.5, plus a shift by column; in float32, hence the tolerance.
        var moved = new float[A.Length];
        for (var r = 0; r < N; r++)
        {
            var sum = Enumerable.Range(0, P).Sum(c => (double)A[r * P + c]);
            for (var c = 0; c < P; c++) moved[r * P + c] = (float)(3.5 * (A[r * P + c] - 2.0 / P * sum) + c);
        }

        Assert.Equal(LinearCka.Of(A, P, B, Q), LinearCka.Of(moved, P, B, Q), 1e-6);
    }

    [Fact]
    public void IndependentFeatures_AreNearTheBiasedFloor()
    {
        const int n = 4000;
        float[] a = PhiloxNumbers.NormalFloats(5, n * 20), b = PhiloxNumbers.NormalFloats(6, n * 20);
        // E‖BᵀA‖² ≈ npq against ‖AᵀA‖ ≈ n√p: √(pq)/n.
        Assert.InRange(LinearCka.Of(a, 20, b, 20), 0.5 * 20.0 / n, 2 * 20.0 / n);
    }

    [Fact]
    public void FeaturesThatDoNotVary_AreUndefined() => Assert.True(double.IsNaN(LinearCka.Of(new float[N], 1, B, Q)));

    [Fact]
    public void Hsic_IsUnbiasedWhereTheBiasedFormIsNot()
    {
        var minibatch = new MinibatchCka();
        var biased = 0.0;
        const int batches = 60, n = 16;
        for (var i = 0; i < batches; i++)
        {
            float[] a = PhiloxNumbers.NormalFloats((ulong)(100 + i), n * 8), b = PhiloxNumbers.NormalFloats((ulong)(500 + i), n * 8);
            minibatch.Add(a, 8, b, 8);
            biased += LinearCka.Of(a, 8, b, 8) / batches;
        }

        // Independent features: the estimator is around 0, the biased form far above.
        Assert.InRange(minibatch.Value, -0.08, 0.08);
        Assert.True(biased > 0.3);
    }

    [Fact]
    public void Hsic_EqualsItsDefinition()
    {
        // HSIC₁ of Song et al. as the mean over all quadruples of different indices, written out.
        const int n = 7;
        float[] a = PhiloxNumbers.NormalFloats(8, n * 3), b = PhiloxNumbers.NormalFloats(9, n * 2);
        double[] k = LinearCka.Gram(a, n, 3), l = LinearCka.Gram(b, n, 2);
        for (var i = 0; i < n; i++) k[i * n + i] = l[i * n + i] = 0;
        double sum = 0;
        var count = 0;
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                for (var q = 0; q < n; q++)
                    for (var r = 0; r < n; r++)
                    {
                        if (i == j || i == q || i == r || j == q || j == r || q == r) continue;
                        sum += k[i * n + j] * (l[i * n + j] + l[q * n + r] - 2 * l[i * n + q]);
                        count++;
                    }

        Assert.Equal(sum / count, MinibatchCka.Hsic(k, l, n), 1e-12);
    }

    [Fact]
    public void Minibatches_OfOneSideWithItself_AreOne()
    {
        var minibatch = new MinibatchCka();
        minibatch.Add(A, P, A, P);
        Assert.Equal(1, minibatch.Value, 1e-12);
    }

    private static float[] Mixed()
    {
        var (own, b) = (PhiloxNumbers.Normal(2, N * Q), new float[N * Q]);
        for (var r = 0; r < N; r++)
            for (var c = 0; c < Q; c++) b[r * Q + c] = (float)(own[r * Q + c] + A[r * P + c % P]);
        return b;
    }

    private static double Definition(float[] a, int p, float[] b, int q, int n)
    {
        double[] Centred(float[] x, int width) =>
            [.. x.Select((v, at) => v - Enumerable.Range(0, n).Average(r => (double)x[r * width + at % width]))];
        double Norm(double[] x, int wx, double[] y, int wy)
        {
            var sum = 0.0;
            for (var i = 0; i < wx; i++)
                for (var j = 0; j < wy; j++)
                    sum += Math.Pow(Enumerable.Range(0, n).Sum(r => x[r * wx + i] * y[r * wy + j]), 2);
            return Math.Sqrt(sum);
        }

        var (ca, cb) = (Centred(a, p), Centred(b, q));
        return Math.Pow(Norm(cb, q, ca, p), 2) / (Norm(ca, p, ca, p) * Norm(cb, q, cb, q));
    }
}
