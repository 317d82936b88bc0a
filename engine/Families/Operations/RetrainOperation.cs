using OnnxAudit.Training;
using OnnxAudit.Training.Retraining;

namespace OnnxAudit.Families.Operations;

/// <summary>retrain: rounds of removing weights and training those that are left.</summary>
internal static class RetrainOperation
{
    private static readonly Dictionary<string, StartingWeights> Starts = new(ChoiceNames.Starts.Where(s => s.Value != StartingWeights.File), StringComparer.Ordinal);

    /// <summary>The row.</summary>
    public static Operation Row { get; } = new("retrain",
    [
        new("method"), new("amount"), new("pattern"), new("scope"), new("scores", ParameterKind.File), new("include", ParameterKind.List), new("exclude", ParameterKind.List),
        new("rounds"), new("ramp"), new("start-amount"), new("final-epochs"), new("rewind", ParameterKind.Model), new("rewind-init"), new("samples"), new("probes"),
        .. TrainOperation.Parameters, .. TrainOperation.Distilling,
    ], Check, Run)
    { WeightCopies = 12 };

    private static void Check(OperationCall call)
    {
        var request = Request(call);
        if (call.ParentPath is null) ModelRetraining.CheckSettings(request);
        else ModelRetraining.Check(request);
    }

    private static IReadOnlyList<string> Run(OperationCall call)
    {
        var request = Request(call);
        var training = request.Training with { Checkpoint = call.WorkFolder, Resume = call.WorkFolder is not null };
        return ModelRetraining.Run(request with { Training = training }, call.Progress is { } told ? new TrainOperation.Progress(told) : null, call.Cancellation).Notes;
    }

    private static RetrainingRequest Request(OperationCall call) => new(TrainOperation.Request(call), PruneOperation.Recipe(call, "magnitude"), new RetrainingSettings
    {
        Rounds = call.Whole("rounds", 1),
        Ramp = call.Choice("ramp", AmountRamps.Names, AmountRamp.Geometric),
        StartAmount = call.Arguments.Number("start-amount") ?? 0,
        FinalEpochs = call.Arguments.Element("final-epochs") is null ? null : call.Whole("final-epochs", 0),
        RewindPath = call.Arguments.Text("rewind"),
        RewindStart = call.Arguments.Text("rewind-init") is null ? null : call.Choice("rewind-init", Starts, StartingWeights.He),
    });
}
