using System.Globalization;
using OnnxAudit.Compression;

namespace OnnxAudit.Training.Retraining;

/// <summary>The retrain operation: rounds of removing weights and training those that are left. A weight that is removed stays removed.</summary>
public static class ModelRetraining
{
    /// <summary>
    /// Retrains and writes. Every round scores the weights as they then are, removes up to its share, sets the others back where that is asked for, and trains with
    /// an optimiser and a learning rate that start anew; order and changes of images go on over the rounds. The same input, settings, threads and runtime
    /// give the same bytes, interrupted or not.
    /// </summary>
    /// <exception cref="AuditException">Usage: settings, amounts, or files that are one. Invalid: model, data, teacher or what to rewind to. Environment: the disk.</exception>
    /// <exception cref="OperationCanceledException">Interrupted; the checkpoints, if asked for, are written.</exception>
    public static RetrainingReport Run(RetrainingRequest request, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var (training, rounds) = (request.Training, request.Rounds.Validated(request.Masks.Amount));
        var recipe = (request.Masks with { Seed = training.Settings.Seed }).Validated();
        var last = training.Settings with { Epochs = rounds.FinalEpochs ?? training.Settings.Epochs };
        last.Validated();
        if (training.Settings is not { Held: HeldWeights.None, Start: StartingWeights.File } || training.MaskPath is not null)
            throw new ArgumentException("masks are made here, and weights start as the file has them", nameof(request));
        if (recipe.Pattern is not null && rounds.Rounds > 1)
            throw new AuditException(AuditCode.Usage, "mask pattern", string.Create(CultureInfo.InvariantCulture, $"{recipe.Pattern} in {rounds.Rounds} rounds"), "one round: a pattern is a share of its own", "Leave --rounds out, or give an amount.");
        (string, string)[] inputs = [.. rounds.Rewind is { } path && !Rewind.IsStart(path) ? [("what to rewind to", path)] : Array.Empty<(string, string)>(),
            .. recipe.ScoresPath is { } scores ? [("the scores", scores)] : Array.Empty<(string, string)>()];
        using var setup = TrainingSetup.Open(training, inputs, request.KeepRounds is null ? [] : Enumerable.Range(1, rounds.Rounds).Select(r => ($"round {r}", request.RoundPath(r))));
        setup.Grow();
        return new RetrainingRun(request with { Masks = recipe }, setup, rounds.Rewind is { } back ? Rewind.Open(back, setup.Graph, setup.Model, training.Settings.Seed) : null)
            .Run(progress, cancellation);
    }
}
