using OnnxAudit.Kernels;

namespace OnnxAudit.Statistics;

/// <summary>How intervals are resampled.</summary>
/// <param name="Replicates">Resamples, ≥ 1.</param>
/// <param name="Confidence">Share of replicates inside the interval, in (0,1).</param>
/// <param name="Seed">Seed of the resamples.</param>
public sealed record BootstrapOptions(int Replicates = 1000, double Confidence = 0.95, ulong Seed = 0);

/// <summary>
/// The percentile bootstrap over samples. Resample r draws n samples with replacement by Philox(seed, r, draw), so it depends neither on threads nor on
/// what is computed from it: every statistic of one seed sees the same resamples. Source: B. Efron, Ann. Statist. 7 (1979) 1–26.
/// </summary>
public static class Bootstrap
{
    /// <summary>How often resample <paramref name="replicate"/> holds each of the n samples; weights: [n], summing to n.</summary>
    public static void Draw(ulong seed, int replicate, Span<double> weights)
    {
        weights.Clear();
        var random = Philox.For(seed, "bootstrap");
        var n = (ulong)weights.Length;
        for (var drawn = 0; drawn < weights.Length; drawn += 4)
        {
            var (a, b, c, d) = random.Words((ulong)replicate, (ulong)drawn / 4);
            // The high word of word·n: a sample's chance is 1/n to within 2^-32.
            weights[(int)(a * n >> 32)]++;
            if (drawn + 1 < weights.Length) weights[(int)(b * n >> 32)]++;
            if (drawn + 2 < weights.Length) weights[(int)(c * n >> 32)]++;
            if (drawn + 3 < weights.Length) weights[(int)(d * n >> 32)]++;
        }
    }

    /// <summary>The (1−c)/2 and (1+c)/2 quantiles of the replicates that are numbers; (NaN, NaN) when none is.</summary>
    public static (double Low, double High) Percentile(ReadOnlySpan<double> replicates, double confidence)
    {
        if (!(confidence is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(confidence));
        var sorted = replicates.ToArray();
        Array.Sort(sorted);
        // Array.Sort puts NaN first: a resample without variance has no correlation and takes no part.
        var numbers = sorted.AsSpan(sorted.AsSpan().Count(double.NaN));
        return (Quantiles.OfSorted(numbers, (1 - confidence) / 2), Quantiles.OfSorted(numbers, (1 + confidence) / 2));
    }
}
