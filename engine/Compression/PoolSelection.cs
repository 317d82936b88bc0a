using System.Numerics;

namespace OnnxAudit.Compression;

/// <summary>
/// Removes a pool's smallest scores and never all of a tensor: when one would be emptied, every tensor's largest score (of equal ones the last)
/// is set aside first and the count is filled from the rest. Setting a maximum aside changes nothing where no tensor would be emptied, so masks
/// stay nested across amounts whether or not the guard was needed.
/// </summary>
internal sealed class PoolSelection<TKey>(Scores<TKey> scores, Pool pool, byte[][] bits, int threads)
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
{
    private readonly KeyScan<TKey> _scan = new(scores, pool.Tensors, threads);
    private readonly List<Reserved<TKey>> _reserved = [];

    /// <summary>Writes the pool's bits; returns the tensors that the guard left a weight in.</summary>
    public IReadOnlyList<int> Run()
    {
        var rank = pool.Remove == 0 ? default : Threshold();
        Write(rank);
        var emptied = pool.Tensors.Where(t => !bits[t].AsSpan().ContainsAnyExcept((byte)0)).ToList();
        if (emptied.Count == 0) return [];

        var most = pool.Tensors.Sum(t => scores.Tensors[t].Tensor.Count) - pool.Tensors.Count;
        if (pool.Remove > most) throw NothingLeft(emptied[0], most);
        foreach (var tensor in pool.Tensors) _reserved.Add(_scan.Largest(tensor));
        Write(Threshold());
        var guarded = new SortedSet<int>(emptied);
        foreach (var (tensor, index, _) in _reserved)
        {
            ref var octet = ref bits[tensor][index >> 3];
            var bit = (byte)(1 << (index & 7));
            if ((octet & bit) == 0) guarded.Add(tensor);
            octet |= bit;
        }

        return [.. guarded];
    }

    /// <summary>The key of the Remove-th smallest score, how many with that very key go, and how many have it.</summary>
    private Rank<TKey> Threshold()
    {
        var prefix = TKey.Zero;
        var left = pool.Remove;
        for (var shift = KeyScan<TKey>.TopShift; ; shift -= KeyScan<TKey>.DigitBits)
        {
            var counts = _scan.Histogram(shift, prefix);
            foreach (var reserved in _reserved) KeyScan<TKey>.Uncount(counts, reserved.Key, shift, prefix);
            var digit = 0;
            while (left > counts[digit]) left -= counts[digit++];
            prefix = KeyScan<TKey>.Append(prefix, digit, shift);
            if (shift == 0) return new Rank<TKey>(prefix, left, counts[digit]);
        }
    }

    private void Write(Rank<TKey> rank)
    {
        if (rank.Remove == 0)
        {
            _scan.RequireNumbers();
            foreach (var tensor in pool.Tensors) KeepAll(bits[tensor], scores.Tensors[tensor].Tensor.Count);
            return;
        }

        var some = rank.Remove < rank.Ties;
        var ties = _scan.Write(rank.Key, keepEqual: some, bits);
        if (some) _scan.RemoveTies(rank, ties, _reserved, bits);
    }

    private static void KeepAll(byte[] octets, long count)
    {
        octets.AsSpan().Fill(0xFF);
        if (count % 8 != 0) octets[^1] = (byte)((1 << (int)(count % 8)) - 1);
    }

    private AuditException NothingLeft(int tensor, long most) => new(AuditCode.Usage, "mask amount",
        FormattableString.Invariant($"{pool.Remove} weights to remove, which leaves none in '{scores.Tensors[tensor].Name}'"),
        FormattableString.Invariant($"at most {most} of these tensors' weights, one staying in each"),
        "Lower the amount or exclude the smallest tensors.");
}

/// <summary>The threshold of a selection: a key, how many of the weights that have it go, how many have it. Remove 0: nothing goes.</summary>
internal readonly record struct Rank<TKey>(TKey Key, long Remove, long Ties);

/// <summary>A weight that must stay.</summary>
internal readonly record struct Reserved<TKey>(int Tensor, int Index, TKey Key);
