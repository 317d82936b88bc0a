namespace OnnxAudit.Training;

/// <summary>
/// Changes weights by their gradients, in the weights' own memory. Element by element, so that no result depends on how the elements are shared out; in float32
/// with constants rounded once, as PyTorch does it. A weight 0 whose gradient is always 0 stays 0: its state stays 0 too.
/// </summary>
public abstract class Optimiser
{
    private readonly int _length;

    /// <summary>For <paramref name="length"/> elements.</summary>
    protected Optimiser(OptimiserSettings settings, int length, IReadOnlyList<string> state)
    {
        (Settings, _length) = (settings.Validated(), length);
        State = [.. state.Select(name => KeyValuePair.Create(name, GC.AllocateArray<float>(length, pinned: true)))];
    }

    /// <summary>The constants.</summary>
    public OptimiserSettings Settings { get; }

    /// <summary>What it remembers from step to step: an array as long as the weights per name.</summary>
    public IReadOnlyList<KeyValuePair<string, float[]>> State { get; }

    /// <summary>Steps taken; part of what it remembers.</summary>
    public long Steps { get; set; }

    /// <summary>The optimiser of that kind.</summary>
    public static Optimiser Of(OptimiserSettings settings, int length) =>
        settings.Kind == OptimiserKind.Sgd ? new SgdOptimiser(settings, length) : new AdamOptimiser(settings, length);

    /// <summary>One step.</summary>
    /// <param name="weights">All weights; changed.</param>
    /// <param name="gradients">As many gradients of the loss; not changed.</param>
    /// <param name="rate">The learning rate of this step.</param>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, double rate)
    {
        if (weights.Length != _length || gradients.Length != _length)
            throw new ArgumentException(FormattableString.Invariant($"{weights.Length} weights, {gradients.Length} gradients"), nameof(gradients));
        Steps++;
        Apply(weights, gradients, rate);
    }

    /// <summary>The rule itself.</summary>
    protected abstract void Apply(Span<float> weights, ReadOnlySpan<float> gradients, double rate);
}
