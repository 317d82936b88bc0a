using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OnnxAudit.Compression;

/// <summary>Passes over the keys of some tensors, block by block, split into as many contiguous ranges as there are threads.</summary>
internal sealed class KeyScan<TKey>
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
{
    /// <summary>Bits decided per histogram.</summary>
    public const int DigitBits = 16;

    private const int Digits = 1 << DigitBits;

    private readonly Scores<TKey> _scores;
    private readonly KeyBlock[] _blocks;
    private readonly int _ranges;

    public KeyScan(Scores<TKey> scores, IReadOnlyList<int> tensors, int threads)
    {
        _scores = scores;
        _blocks = [.. tensors.SelectMany(t => BlocksOf(t, checked((int)scores.Tensors[t].Tensor.Count)))];
        _ranges = Math.Clamp(_blocks.Length / 16, 1, threads);
    }

    /// <summary>Shift of the highest digit.</summary>
    public static int TopShift => Unsafe.SizeOf<TKey>() * 8 - DigitBits;

    /// <summary>How many keys have each value of the 16 bits at <paramref name="shift"/>, among those whose higher bits are <paramref name="prefix"/>'s.</summary>
    /// <exception cref="AuditException">Invalid: a key is NaN's (found in the pass over the highest digit).</exception>
    public long[] Histogram(int shift, TKey prefix)
    {
        var parts = new int[_ranges][];
        Pass((range, keys, _) =>
        {
            var part = parts[range] ??= new int[Digits];
            if (shift == TopShift) CountAll(keys, shift, part);
            else CountWithin(keys, shift, prefix, part);
        });
        var counts = new long[Digits];
        foreach (var part in parts)
            if (part is not null)
                for (var i = 0; i < Digits; i++) counts[i] += part[i];
        if (shift == TopShift && counts.AsSpan(Digit(_scores.Limit, shift)).ContainsAnyExcept(0L)) RequireNumbers();
        return counts;
    }

    /// <summary>Takes one key back out of what <see cref="Histogram"/> counted.</summary>
    public static void Uncount(long[] counts, TKey key, int shift, TKey prefix)
    {
        if (shift == TopShift || key >>> (shift + DigitBits) == prefix >>> (shift + DigitBits)) counts[Digit(key, shift)]--;
    }

    /// <summary><paramref name="prefix"/> with its next digit set.</summary>
    public static TKey Append(TKey prefix, int digit, int shift) => prefix | TKey.CreateTruncating(digit) << shift;

    /// <summary>Writes bit 1 for keys above <paramref name="threshold"/> (from it on, with <paramref name="keepEqual"/>); returns, per block, how many equal it.</summary>
    public int[] Write(TKey threshold, bool keepEqual, byte[][] bits)
    {
        var ties = new int[_blocks.Length];
        Pass((_, keys, b) =>
        {
            var block = _blocks[b];
            var octets = bits[block.Tensor].AsSpan(block.Start / 8, (block.Length + 7) / 8);
            Compare(keys, threshold, keepEqual, octets);
            if (keepEqual) ties[b] = keys.Count(threshold);
        });
        return ties;
    }

    /// <summary>Clears the first Remove of the bits whose key is the threshold, in block order, passing over reserved weights.</summary>
    public void RemoveTies(Rank<TKey> rank, int[] ties, List<Reserved<TKey>> reserved, byte[][] bits)
    {
        var keep = reserved.Select(r => (r.Tensor, r.Index)).ToHashSet();
        Span<TKey> keys = new TKey[Selection.Block];
        var left = rank.Remove;
        for (var b = 0; left > 0; b++)
        {
            if (ties[b] == 0) continue;
            var block = _blocks[b];
            _scores.Read(block.Tensor, block.Start, keys[..block.Length]);
            for (var i = 0; i < block.Length && left > 0; i++)
            {
                if (keys[i] != rank.Key || keep.Contains((block.Tensor, block.Start + i))) continue;
                bits[block.Tensor][(block.Start + i) >> 3] &= (byte)~(1 << (i & 7));
                left--;
            }
        }
    }

    /// <summary>The last of the largest keys of a tensor.</summary>
    public Reserved<TKey> Largest(int tensor)
    {
        var keys = new TKey[Selection.Block];
        var best = new Reserved<TKey>(tensor, -1, TKey.Zero);
        foreach (var block in _blocks.Where(b => b.Tensor == tensor))
        {
            _scores.Read(tensor, block.Start, keys.AsSpan(0, block.Length));
            for (var i = 0; i < block.Length; i++)
                if (keys[i] >= best.Key) best = new Reserved<TKey>(tensor, block.Start + i, keys[i]);
        }

        return best;
    }

    /// <summary>Looks for the first NaN.</summary>
    /// <exception cref="AuditException">Invalid: names tensor and element.</exception>
    public void RequireNumbers()
    {
        if (_scores.Limit == TKey.MaxValue) return;
        var keys = new TKey[Selection.Block];
        foreach (var block in _blocks)
        {
            _scores.Read(block.Tensor, block.Start, keys.AsSpan(0, block.Length));
            var at = keys.AsSpan(0, block.Length).IndexOfAnyExceptInRange(TKey.Zero, _scores.Limit);
            if (at >= 0) throw _scores.NotANumber(block.Tensor, block.Start + at);
        }
    }

    private static IEnumerable<KeyBlock> BlocksOf(int tensor, int count)
    {
        for (var start = 0; start < count; start += Selection.Block) yield return new KeyBlock(tensor, start, Math.Min(Selection.Block, count - start));
    }

    private void Pass(Visit visit)
    {
        if (_ranges == 1) Walk(0, visit);
        else Parallel.For(0, _ranges, new ParallelOptions { MaxDegreeOfParallelism = _ranges }, range => Walk(range, visit));
    }

    private void Walk(int range, Visit visit)
    {
        var keys = new TKey[Selection.Block];
        var end = (int)((long)_blocks.Length * (range + 1) / _ranges);
        for (var b = (int)((long)_blocks.Length * range / _ranges); b < end; b++)
        {
            var block = keys.AsSpan(0, _blocks[b].Length);
            _scores.Read(_blocks[b].Tensor, _blocks[b].Start, block);
            visit(range, block, b);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Digit(TKey key, int shift) => Unsafe.SizeOf<TKey>() == sizeof(uint)
        ? (int)(Unsafe.BitCast<TKey, uint>(key) >> shift) & (Digits - 1)
        : (int)(Unsafe.BitCast<TKey, ulong>(key) >> shift) & (Digits - 1);

    private static void CountAll(ReadOnlySpan<TKey> keys, int shift, int[] counts)
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(counts);
        foreach (var key in keys) Unsafe.Add(ref first, Digit(key, shift))++;
    }

    private static void CountWithin(ReadOnlySpan<TKey> keys, int shift, TKey prefix, int[] counts)
    {
        var above = shift + DigitBits;
        var wanted = Vector256.Create(prefix >>> above);
        var i = 0;
        for (; i + Vector256<TKey>.Count <= keys.Length; i += Vector256<TKey>.Count)
        {
            if (!Vector256.EqualsAny(Vector256.Create(keys[i..]) >>> above, wanted)) continue;
            foreach (var key in keys.Slice(i, Vector256<TKey>.Count))
                if (key >>> above == wanted[0]) counts[Digit(key, shift)]++;
        }

        foreach (var key in keys[i..])
            if (key >>> above == wanted[0]) counts[Digit(key, shift)]++;
    }

    private static void Compare(ReadOnlySpan<TKey> keys, TKey threshold, bool keepEqual, Span<byte> octets)
    {
        var limit = Vector256.Create(threshold);
        var i = 0;
        for (; i + 8 <= keys.Length; i += 8)
        {
            uint octet = 0;
            for (var lane = 0; lane < 8; lane += Vector256<TKey>.Count)
            {
                var v = Vector256.Create(keys[(i + lane)..]);
                var kept = keepEqual ? Vector256.GreaterThanOrEqual(v, limit) : Vector256.GreaterThan(v, limit);
                octet |= kept.ExtractMostSignificantBits() << lane;
            }

            octets[i >> 3] = (byte)octet;
        }

        if (i < keys.Length) octets[i >> 3] = 0;
        for (var rest = i; rest < keys.Length; rest++)
            if (keepEqual ? keys[rest] >= threshold : keys[rest] > threshold) octets[rest >> 3] |= (byte)(1 << (rest & 7));
    }

    private delegate void Visit(int range, ReadOnlySpan<TKey> keys, int block);

    private readonly record struct KeyBlock(int Tensor, int Start, int Length);
}
