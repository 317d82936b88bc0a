namespace OnnxAudit.Statistics;

/// <summary>Tails of the binomial distribution with success probability ½.</summary>
internal static class BinomialTail
{
    /// <summary>P(X ≥ k), X ~ Binomial(n, ½); 1 for k ≤ 0, 0 for k > n.</summary>
    internal static double UpperAtHalf(long k, long n)
    {
        if (k <= 0) return 1;
        if (k > n) return 0;
        // The sum runs over the lighter tail, so nothing cancels: P(X ≥ k) = 1 − P(X ≥ n − k + 1) by symmetry.
        return 2 * k > n ? Sum(k, n) : 1 - Sum(n - k + 1, n);
    }

    /// <summary>Σ_{i≥k} C(n,i)·2^−n for k > n/2: the first term by log-gamma, each next one by the ratio (n−i)/(i+1) &lt; 1.</summary>
    private static double Sum(long k, long n)
    {
        var first = Math.Exp(LogFactorial.Of(n) - LogFactorial.Of(k) - LogFactorial.Of(n - k) - n * Math.Log(2));
        double term = 1, sum = 1;
        for (var i = k; i < n && term > 1e-18 * sum; i++) sum += term *= (double)(n - i) / (i + 1);
        return Math.Min(1, first * sum);
    }
}
