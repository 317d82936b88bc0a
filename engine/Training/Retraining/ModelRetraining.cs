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
        using var setup = Open(request, writes: true);
        return Prepared(request, setup, writes: true).Run(progress, cancellation);
    }

    /// <summary>What <see cref="Run"/> would refuse, found without training. A teacher or a model to rewind to that is not there yet is left for the run.</summary>
    /// <param name="request">A run; its model may be another with the same layers.</param>
    /// <exception cref="AuditException">As <see cref="Run"/>.</exception>
    public static void Check(RetrainingRequest request)
    {
        using var setup = Open(request, writes: false);
        Prepared(request, setup, writes: false);
    }

    /// <summary>What <see cref="Check"/> finds without the model.</summary>
    internal static void CheckSettings(RetrainingRequest request)
    {
        var (training, rounds) = (request.Training, request.Rounds.Validated(request.Masks.Amount));
        var masks = request.Masks.Validated();
        ModelTraining.CheckSettings(training);
        if (rounds.FinalEpochs is { } epochs) ModelTraining.CheckSettings(training with { Settings = training.Settings with { Epochs = epochs } });
        if (training.Settings is not { Held: HeldWeights.None, Start: StartingWeights.File } || training.MaskPath is not null)
            throw new ArgumentException("masks are made here, and weights start as the file has them", nameof(request));
        if (masks.Pattern is not null && rounds.Rounds > 1)
            throw new AuditException(AuditCode.Usage, "mask pattern", string.Create(CultureInfo.InvariantCulture, $"{masks.Pattern} in {rounds.Rounds} rounds"), "one round: a pattern is a share of its own", "Leave --rounds out, or give an amount.");
    }

    private static TrainingSetup Open(RetrainingRequest request, bool writes)
    {
        CheckSettings(request);
        var inputs = new List<(string, string)>();
        if (request.Rounds.RewindPath is { } back) inputs.Add(("what to rewind to", back));
        if (request.Masks.ScoresPath is { } scores) inputs.Add(("the scores", scores));
        return TrainingSetup.Open(request.Training, inputs, request.KeepRounds is null ? [] : Enumerable.Range(1, request.Rounds.Rounds).Select(r => ($"round {r}", request.RoundPath(r))), writes);
    }

    private static RetrainingRun Prepared(RetrainingRequest request, TrainingSetup setup, bool writes)
    {
        setup.Grow();
        var seed = request.Training.Settings.Seed;
        var rounds = writes || File.Exists(request.Rounds.RewindPath) ? request.Rounds : request.Rounds with { RewindPath = null };
        return new RetrainingRun(request with { Masks = request.Masks with { Seed = seed } }, setup, Rewind.Open(rounds, setup.Graph, setup.Model, seed));
    }
}
