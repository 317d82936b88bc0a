using OnnxAudit.Kernels;

namespace OnnxAudit.Compression;

/// <summary>
/// Uniform numbers that depend on (seed, tensor name, index) alone: the same seed gives nested masks at growing amounts, whatever else is pruned.
/// Exactly ⌊p·n⌋ weights go, unlike Bernoulli masks, whose counts vary.
/// </summary>
internal sealed class RandomScores : Scores<uint>
{
    private readonly Philox[] _draws;

    public RandomScores(IReadOnlyList<PrunableTensor> tensors, ulong seed) : base(tensors) =>
        _draws = [.. tensors.Select(t => Philox.For(seed, "mask.random/" + t.Name))];

    public override void Read(int tensor, int start, Span<uint> keys)
    {
        var draws = _draws[tensor];
        var counter = (ulong)start / 4;
        int i = 0;
        for (; i + 4 <= keys.Length; i += 4) (keys[i], keys[i + 1], keys[i + 2], keys[i + 3]) = draws.Words(counter++, 0);
        if (i == keys.Length) return;
        var (a, b, c, _) = draws.Words(counter, 0);
        keys[i++] = a;
        if (i < keys.Length) keys[i++] = b;
        if (i < keys.Length) keys[i] = c;
    }
}
