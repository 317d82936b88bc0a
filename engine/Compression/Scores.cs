using System.Numerics;

namespace OnnxAudit.Compression;

/// <summary>
/// A score for every weight of a list of tensors; the weights with the smallest scores go first. Scores know nothing of amounts and scopes:
/// any score can go through any of them.
/// </summary>
public abstract class Scores
{
    private protected Scores(IReadOnlyList<PrunableTensor> tensors) => Tensors = tensors;

    /// <summary>The tensors scored, in the order that breaks ties.</summary>
    public IReadOnlyList<PrunableTensor> Tensors { get; }

    /// <summary>Picks the weights to remove, pool by pool.</summary>
    internal abstract SelectedBits Select(IReadOnlyList<Pool> pools, int threads);

    /// <summary>Picks the weights to remove by a pattern that every tensor can take.</summary>
    internal abstract SelectedBits Select(NmPattern pattern, int threads);

    /// <summary>These scores with what earlier masks removed put before everything else.</summary>
    internal abstract Scores After(MaskSet removed);
}

/// <summary>
/// Scores as unsigned keys in the order of the scores, so that a k-th smallest is found by counting bits, exactly, for every float.
/// Reading must be safe from several threads and give the same keys every time.
/// </summary>
/// <typeparam name="TKey">uint, or ulong where 32 bits cannot order the scores (float64).</typeparam>
internal abstract class Scores<TKey>(IReadOnlyList<PrunableTensor> tensors) : Scores(tensors)
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
{
    /// <summary>The largest key a number can have; what lies above is NaN.</summary>
    public virtual TKey Limit => TKey.MaxValue;

    /// <summary>Keys of weights [start, start + keys.Length) of a tensor. <paramref name="start"/> is a multiple of <see cref="Selection.Block"/>.</summary>
    public abstract void Read(int tensor, int start, Span<TKey> keys);

    /// <summary>The error for a key above <see cref="Limit"/>.</summary>
    public AuditException NotANumber(int tensor, long index) => new(AuditCode.Invalid, FormattableString.Invariant($"initializer '{Tensors[tensor].Name}', element {index}"),
        "NaN", "a number", "A weight or score that is not a number has no rank; repair the model or exclude this tensor.");

    internal override SelectedBits Select(IReadOnlyList<Pool> pools, int threads) => Selection.Run(this, pools, threads);

    internal override SelectedBits Select(NmPattern pattern, int threads) => PatternSelection.Run(this, pattern, threads);

    internal override Scores After(MaskSet removed) => new NestedScores<TKey>(this, removed);
}
