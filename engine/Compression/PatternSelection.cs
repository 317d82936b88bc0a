using System.Numerics;

namespace OnnxAudit.Compression;

/// <summary>
/// Keeps the N largest scores of every M consecutive input channels, at every output channel and kernel position; of equal ones the lower channel. M largest kept
/// scores also have the largest sum, so for magnitudes this is the pattern of most |w|.
/// </summary>
internal static class PatternSelection
{
    /// <summary>Why a tensor cannot take a pattern; null when it can.</summary>
    public static string? Obstacle(PrunableTensor tensor, NmPattern pattern) => tensor.InputAxis is not { } axis ? "its input channels are not known"
        : tensor.Tensor.Dims[axis] % pattern.Of != 0 ? FormattableString.Invariant($"{tensor.Tensor.Dims[axis]} input channels") : null;

    /// <summary>The bits of each tensor, all of which can take the pattern.</summary>
    /// <exception cref="AuditException">Invalid: a score is NaN.</exception>
    public static SelectedBits Run<TKey>(Scores<TKey> scores, NmPattern pattern, int threads)
        where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
    {
        var bits = new byte[scores.Tensors.Count][];
        Parallel.For(0, bits.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => bits[i] = Of(scores, i, pattern));
        return new SelectedBits(bits, []);
    }

    private static byte[] Of<TKey>(Scores<TKey> scores, int tensor, NmPattern pattern)
        where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
    {
        var weights = scores.Tensors[tensor].Tensor;
        var axis = scores.Tensors[tensor].InputAxis!.Value;
        var keys = Keys(scores, tensor, (int)weights.Count);
        var channels = (int)weights.Dims[axis];
        var inner = 1;
        for (var d = axis + 1; d < weights.Rank; d++) inner *= (int)weights.Dims[d];
        var bits = new byte[Mask.ByteLength(keys.Length)];
        var taken = new bool[pattern.Of];
        for (var start = 0; start < keys.Length; start += inner * channels)
            for (var channel = 0; channel < channels; channel += pattern.Of)
                for (var i = 0; i < inner; i++)
                    Keep(keys, start + channel * inner + i, inner, pattern, taken, bits);
        return bits;
    }

    private static void Keep<TKey>(TKey[] keys, int first, int step, NmPattern pattern, bool[] taken, byte[] bits) where TKey : IComparable<TKey>
    {
        taken.AsSpan().Clear();
        for (var n = 0; n < pattern.Kept; n++)
        {
            var best = -1;
            for (var m = 0; m < pattern.Of; m++)
                if (!taken[m] && (best < 0 || keys[first + m * step].CompareTo(keys[first + best * step]) > 0)) best = m;
            taken[best] = true;
            var index = first + best * step;
            bits[index >> 3] |= (byte)(1 << (index & 7));
        }
    }

    private static TKey[] Keys<TKey>(Scores<TKey> scores, int tensor, int count)
        where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
    {
        var keys = new TKey[count];
        for (var start = 0; start < count; start += Selection.Block) scores.Read(tensor, start, keys.AsSpan(start, Math.Min(Selection.Block, count - start)));
        for (var i = 0; i < count; i++)
            if (keys[i] > scores.Limit) throw scores.NotANumber(tensor, i);
        return keys;
    }
}
