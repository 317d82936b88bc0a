using System.Numerics;

namespace OnnxAudit.Compression;

/// <summary>
/// Scores of which the weights that earlier masks removed are the smallest, whatever they would be now: of as many or more weights to remove they all go first,
/// so masks made one after the other are nested. Other weights keep their order; the two largest keys that 32 or 64 bits hold count as one.
/// </summary>
internal sealed class NestedScores<TKey> : Scores<TKey>
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
{
    private readonly Scores<TKey> _scores;
    private readonly Mask?[] _removed;

    /// <exception cref="ArgumentException">A mask is over another number of weights.</exception>
    public NestedScores(Scores<TKey> scores, MaskSet removed) : base(scores.Tensors)
    {
        (_scores, _removed) = (scores, [.. scores.Tensors.Select(t => removed.Find(t.Name))]);
        for (var i = 0; i < _removed.Length; i++)
            if (_removed[i] is { } mask && mask.Count != Tensors[i].Tensor.Count) throw new ArgumentException($"'{mask.Tensor}': one bit per weight", nameof(removed));
    }

    public override TKey Limit => Next(_scores.Limit);

    public override void Read(int tensor, int start, Span<TKey> keys)
    {
        _scores.Read(tensor, start, keys);
        var bits = _removed[tensor] is { } mask ? mask.Bits : [];
        for (var i = 0; i < keys.Length; i++)
        {
            var at = start + i;
            keys[i] = bits.Length > 0 && (bits[at >> 3] >> (at & 7) & 1) == 0 ? TKey.Zero : Next(keys[i]);
        }
    }

    private static TKey Next(TKey key) => key == TKey.MaxValue ? key : key + TKey.One;
}
