using OnnxAudit.Graphs;

namespace OnnxAudit.Comparison.Layers;

/// <summary>How layers are compared.</summary>
public sealed record LayerSettings
{
    /// <summary>At most as many bins of weights.</summary>
    public int WeightBins { get; init; } = 30;

    /// <summary>At most as many bins of a layer's activations.</summary>
    public int ActivationBins { get; init; } = 20;

    /// <summary>Samples of one pass, fewer where one layer's outputs do not fit the budget.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Bytes of layer outputs held at once; decides how many layers one pass reads.</summary>
    public long ByteBudget { get; init; } = 256L << 20;

    /// <summary>Threads over weights; the result does not depend on them.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>Two models layer by layer: which weights are zero, how weights changed, and, with data, how the layers' outputs changed. Source: arXiv:2408.03274, Layers.</summary>
/// <param name="First">The model that changes are measured from.</param>
/// <param name="Second">The model compared with it.</param>
/// <param name="Weights">Matched weights, in the first model's node order; all histograms have the same edges.</param>
/// <param name="OnlyInFirst">Weights of the first model without a match.</param>
/// <param name="OnlyInSecond">Weights of the second model without a match.</param>
/// <param name="Activations">Matched layers' outputs; empty without data.</param>
/// <param name="Data">The DATA SPEC of the activations; null without.</param>
/// <param name="Samples">Samples the activations are over.</param>
/// <param name="Notes">Remarks: what could not be compared.</param>
public sealed record LayerComparison(string First, string Second, IReadOnlyList<WeightChange> Weights, IReadOnlyList<string> OnlyInFirst, IReadOnlyList<string> OnlyInSecond,
    IReadOnlyList<ActivationChange> Activations, string? Data, int Samples, IReadOnlyList<string> Notes)
{
    /// <summary>Compares two models. Weights are read twice, from where they lie; activations take three forward passes over the data for every group of layers.</summary>
    /// <param name="first">The model that changes are measured from; as before afterwards.</param>
    /// <param name="second">The model compared with it; as before afterwards.</param>
    /// <param name="settings">Bins, memory, threads.</param>
    /// <param name="source">Data and runtime for activations; null: weights alone.</param>
    /// <param name="cancellation">Ends the work between two tensors or batches.</param>
    /// <exception cref="AuditException">Invalid: the models share no weight, or a model does not take the data.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static LayerComparison Of(Model first, Model second, LayerSettings settings, ActivationSource? source = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Batch, 1);
        var (pairs, onlyFirst, onlySecond) = WeightPair.Match(first, second);
        if (pairs.Count == 0)
            throw new AuditException(AuditCode.Invalid, second.Source, "no weight that matches by name, node, or operator and shape", $"weights of {first.Source}", "Compare a model with one made from it.");
        var notes = new List<string>();
        var (low, high) = WeightComparison.Range(pairs, settings.Threads, cancellation);
        var changes = WeightComparison.Changes(pairs, ChangeHistogram.RoundEdges(low, high, settings.WeightBins), settings.Threads, cancellation);
        for (var i = 0; i < pairs.Count; i++)
        {
            if (changes[i] is null) notes.Add($"Weight {pairs[i].First.Name}: computed in a way that is not followed; left out.");
            else if (changes[i]!.Change is null)
                notes.Add($"Weight {pairs[i].First.Name}: [{string.Join(',', changes[i]!.Shape)}] in one model, [{string.Join(',', changes[i]!.OtherShape)}] in the other; only zeros are counted.");
        }

        var activations = source is null ? [] : ActivationComparison.Of(first, second, pairs, source, settings, notes, cancellation);
        return new LayerComparison(first.Source, second.Source, [.. changes.OfType<WeightChange>()], [.. onlyFirst.Select(w => w.Name)], [.. onlySecond.Select(w => w.Name)],
            activations, source?.Data.Spec, source?.Data.Count ?? 0, notes);
    }
}
