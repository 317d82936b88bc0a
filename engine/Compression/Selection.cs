using System.Numerics;

namespace OnnxAudit.Compression;

/// <summary>Packed bits per tensor (1 = kept) and the tensors in which only the keep-one guard left a weight.</summary>
internal sealed record SelectedBits(byte[][] Bits, IReadOnlyList<int> Guarded);

/// <summary>
/// Exact selection of the smallest scores. The k-th smallest key is found 16 bits at a time from histograms (two passes over 32-bit keys, four
/// over 64-bit ones), a last pass writes the bits. Ties go lower flat index first (tensor order, then element). No weight is moved or sorted;
/// the result does not depend on the number of threads.
/// </summary>
internal static class Selection
{
    /// <summary>Keys read at once, so that they stay in the first-level cache. A multiple of 8: blocks own whole mask bytes.</summary>
    public const int Block = 4096;

    /// <summary>Selects in every pool.</summary>
    /// <exception cref="AuditException">Invalid: a score is NaN. Usage: some tensor would lose every weight and no other can give one up instead.</exception>
    public static SelectedBits Run<TKey>(Scores<TKey> scores, IReadOnlyList<Pool> pools, int threads)
        where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var bits = scores.Tensors.Select(t => new byte[Mask.ByteLength(t.Tensor.Count)]).ToArray();
        var guarded = new List<int>();
        foreach (var pool in pools) guarded.AddRange(new PoolSelection<TKey>(scores, pool, bits, threads).Run());
        return new SelectedBits(bits, guarded);
    }
}
