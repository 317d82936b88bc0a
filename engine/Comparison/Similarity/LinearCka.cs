using OnnxAudit.Comparison.Embedding;

namespace OnnxAudit.Comparison.Similarity;

/// <summary>
/// Linear centred kernel alignment of two sets of features over the same samples: ‖BᵀA‖² / (‖AᵀA‖·‖BᵀB‖) in Frobenius norms, columns centred. In [0,1]; unchanged by
/// orthogonal maps and isotropic scaling of either side. Source: Kornblith et al., arXiv:1905.00414, eq. 4.
/// </summary>
public static class LinearCka
{
    private const int Panel = 64;

    /// <summary>CKA. a: [n,p]; b: [n,q]. By columns where min(p,q) ≤ n, else by Gram matrices: the same number. NaN when a side does not vary. float64 throughout.</summary>
    public static double Of(ReadOnlySpan<float> a, int p, ReadOnlySpan<float> b, int q) =>
        Rows(a, p, b, q) is var n && Math.Min(p, q) <= n ? ByColumns(a, p, b, q) : ByGram(a, p, b, q);

    /// <summary>By columns: cost n·(p² + q² + pq).</summary>
    internal static double ByColumns(ReadOnlySpan<float> a, int p, ReadOnlySpan<float> b, int q)
    {
        var n = Rows(a, p, b, q);
        var (x, y) = (Columns(a, n, p), Columns(b, n, q));
        return SquaredNorm(y, q, x, p, n) / Math.Sqrt(SquaredNorm(x, p, x, p, n) * SquaredNorm(y, q, y, q, n));
    }

    /// <summary>By Gram matrices K = AAᵀ, L = BBᵀ, centred on both sides: tr(KL)/√(tr(KK)·tr(LL)); cost n²·(p + q).</summary>
    internal static double ByGram(ReadOnlySpan<float> a, int p, ReadOnlySpan<float> b, int q)
    {
        var n = Rows(a, p, b, q);
        var (k, l) = (Centred(Gram(a, n, p), n), Centred(Gram(b, n, q), n));
        return Dot(k, l) / Math.Sqrt(Dot(k, k) * Dot(l, l));
    }

    /// <summary>XXᵀ, float64 [n,n].</summary>
    internal static double[] Gram(ReadOnlySpan<float> features, int n, int width)
    {
        var rows = new double[features.Length];
        System.Numerics.Tensors.TensorPrimitives.ConvertTruncating(features, rows);
        var gram = new double[n * n];
        PairSums.Add<Product>(rows, n, rows, n, width, gram, n);
        return gram;
    }

    internal static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => System.Numerics.Tensors.TensorPrimitives.Dot(a, b);

    private static int Rows(ReadOnlySpan<float> a, int p, ReadOnlySpan<float> b, int q)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(p, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(q, 1);
        if (a.Length % p != 0 || a.Length / p * (long)q != b.Length)
            throw new ArgumentException(FormattableString.Invariant($"{a.Length} and {b.Length} numbers are not the same samples of {p} and {q} features"), nameof(b));
        return a.Length / p;
    }

    // Centred columns as rows, [width,n].
    private static double[] Columns(ReadOnlySpan<float> features, int n, int width)
    {
        var columns = new double[features.Length];
        for (var c = 0; c < width; c++)
        {
            var sum = 0.0;
            for (var r = 0; r < n; r++) sum += columns[c * n + r] = features[r * width + c];
            for (var r = 0; r < n; r++) columns[c * n + r] -= sum / n;
        }

        return columns;
    }

    // ‖XYᵀ‖² of rows [p,n] and [q,n], in panels of X so that nothing of p·q is held.
    private static double SquaredNorm(double[] x, int p, double[] y, int q, int n)
    {
        var total = 0.0;
        for (var i = 0; i < p; i += Panel)
            for (var j = 0; j < q; j += Panel)
            {
                var (rows, columns) = (Math.Min(Panel, p - i), Math.Min(Panel, q - j));
                var products = new double[rows * columns];
                PairSums.Add<Product>(x.AsSpan(i * n), rows, y.AsSpan(j * n), columns, n, products, columns);
                total += Dot(products, products);
            }

        return total;
    }

    private static double[] Centred(double[] gram, int n)
    {
        var means = new double[n];
        for (var i = 0; i < n; i++) means[i] = System.Numerics.Tensors.TensorPrimitives.Sum<double>(gram.AsSpan(i * n, n)) / n;
        var mean = means.Sum() / n;
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) gram[i * n + j] += mean - means[i] - means[j];
        return gram;
    }
}

/// <summary>
/// Linear CKA over minibatches, by the unbiased estimator of HSIC (Gram matrices without their diagonals), whose sums over batches do not drift with the batch's size.
/// Can be a little below 0. Source: Nguyen, Raghu and Kornblith, arXiv:2010.15327, eqs. 2 and 3.
/// </summary>
public sealed class MinibatchCka
{
    private const int Fewest = 4;
    private double _ab, _aa, _bb;

    /// <summary>Σ HSIC(A,B) / √(Σ HSIC(A,A) · Σ HSIC(B,B)); NaN before the first batch or when a side does not vary.</summary>
    public double Value => _ab / Math.Sqrt(_aa * _bb);

    /// <summary>Adds a batch of at least 4 samples. a: [n,p]; b: [n,q].</summary>
    public void Add(ReadOnlySpan<float> a, int p, ReadOnlySpan<float> b, int q)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(p, 1);
        var n = a.Length / p;
        ArgumentOutOfRangeException.ThrowIfLessThan(n, Fewest);
        if (a.Length != n * p || b.Length != n * q) throw new ArgumentException(FormattableString.Invariant($"{a.Length} and {b.Length} numbers are not the same samples of {p} and {q} features"), nameof(b));
        var (k, l) = (LinearCka.Gram(a, n, p), LinearCka.Gram(b, n, q));
        for (var i = 0; i < n; i++) k[i * n + i] = l[i * n + i] = 0;
        _ab += Hsic(k, l, n);
        _aa += Hsic(k, k, n);
        _bb += Hsic(l, l, n);
    }

    /// <summary>[tr(KL) + 1ᵀK1·1ᵀL1/((n−1)(n−2)) − 2·1ᵀKL1/(n−2)] / (n(n−3)) of symmetric [n,n] with zero diagonals (Song et al., JMLR 13, 2012, eq. 5).</summary>
    internal static double Hsic(double[] k, double[] l, int n)
    {
        double sumK = 0, sumL = 0, cross = 0;
        for (var i = 0; i < n; i++)
        {
            var (rowK, rowL) = (System.Numerics.Tensors.TensorPrimitives.Sum<double>(k.AsSpan(i * n, n)), System.Numerics.Tensors.TensorPrimitives.Sum<double>(l.AsSpan(i * n, n)));
            (sumK, sumL, cross) = (sumK + rowK, sumL + rowL, cross + rowK * rowL);
        }

        return (LinearCka.Dot(k, l) + sumK * sumL / ((n - 1.0) * (n - 2)) - 2 * cross / (n - 2)) / (n * (n - 3.0));
    }
}
