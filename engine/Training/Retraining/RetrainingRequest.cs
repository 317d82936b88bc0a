using OnnxAudit.Compression;

namespace OnnxAudit.Training.Retraining;

/// <summary>What to remove and how to train what is left.</summary>
/// <param name="Training">Files, data and means; its settings are one round's, with epochs and a learning rate that starts anew in each. No masks, no starting weights.</param>
/// <param name="Masks">What scores the weights and how many go at last. Its seed is the training's; its gradients are taken over the training images.</param>
/// <param name="Rounds">The rounds.</param>
public sealed record RetrainingRequest(TrainingRequest Training, MaskRecipe Masks, RetrainingSettings Rounds)
{
    /// <summary>Folder that every round's model is written to, as round-1.onnx and on; null: none.</summary>
    public string? KeepRounds { get; init; }

    /// <summary>The file of a kept round.</summary>
    internal string RoundPath(int round) => Path.Combine(KeepRounds!, FormattableString.Invariant($"round-{round}.onnx"));
}

/// <summary>What one round came to.</summary>
/// <param name="Round">Its number, from 1.</param>
/// <param name="Amount">Share of the prunable weights that was to be removed after it.</param>
/// <param name="Removed">Weights removed after it.</param>
/// <param name="Weights">Prunable weights.</param>
/// <param name="Epochs">Its epochs.</param>
/// <param name="Chosen">The epoch of it whose weights went on, from 1.</param>
/// <param name="Path">Its model; null when rounds are not kept.</param>
public sealed record RoundResult(int Round, double Amount, long Removed, long Weights, IReadOnlyList<EpochResult> Epochs, int Chosen, string? Path)
{
    /// <summary>The chosen epoch.</summary>
    public EpochResult Result => Epochs[Chosen - 1];

    /// <summary>SHA-256 (hex) of the masks it was trained under.</summary>
    public required string Masks { get; init; }

    /// <summary>The round as lineage parameters: amount, removed, masks, the chosen epoch, its training loss and, with test data, its test accuracy.</summary>
    public IEnumerable<KeyValuePair<string, string>> Parameters()
    {
        var name = FormattableString.Invariant($"round.{Round}.");
        yield return new(name + "amount", FormattableString.Invariant($"{Amount}"));
        yield return new(name + "removed", FormattableString.Invariant($"{Removed}"));
        yield return new(name + "masks", $"sha256:{Masks}");
        yield return new(name + "epoch", FormattableString.Invariant($"{Chosen}"));
        yield return new(name + "loss", FormattableString.Invariant($"{Result.Loss}"));
        if (Result.Test is { } test) yield return new(name + "accuracy", FormattableString.Invariant($"{test.Accuracy}"));
    }
}

/// <summary>What a retraining made.</summary>
/// <param name="Path">The model written.</param>
/// <param name="Sha256">Its SHA-256 (hex).</param>
/// <param name="Recipe">The lineage in its metadata.</param>
/// <param name="Rounds">Every round.</param>
/// <param name="Trained">Number of weights trained, those held at 0 included.</param>
/// <param name="Notes">Sentences for people.</param>
public sealed record RetrainingReport(string Path, string Sha256, Recipe Recipe, IReadOnlyList<RoundResult> Rounds, long Trained, IReadOnlyList<string> Notes);
