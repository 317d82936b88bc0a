using OnnxAudit.Compression;
using OnnxAudit.Training.Tickets;

namespace OnnxAudit.Families.Operations;

/// <summary>tickets: the part of a random network that classifies, in the parent's graph.</summary>
internal static class TicketsOperation
{
    private static readonly Dictionary<string, MaskScope> Scopes = new(StringComparer.Ordinal) { ["layer"] = MaskScope.Layer, ["global"] = MaskScope.Global };

    /// <summary>The row. A packed ticket's layers are no initializers any more.</summary>
    public static Operation Row { get; } = new("tickets",
        [new("amount"), new("method"), new("scope"), new("weights"), new("scale-fan"), new("ramp"), new("learn-batchnorm"), new("packed"), .. TrainOperation.Parameters], Check, Run)
    { KeepsGraph = false, WeightCopies = 12 };

    private static void Check(OperationCall call)
    {
        var request = Request(call);
        if (call.ParentPath is null) TicketSearch.CheckSettings(request);
        else TicketSearch.Check(request);
    }

    private static IReadOnlyList<string> Run(OperationCall call)
    {
        var request = Request(call);
        var training = request.Training with { Checkpoint = call.WorkFolder, Resume = call.WorkFolder is not null };
        return TicketSearch.Run(request with { Training = training }, call.Progress is { } told ? new TrainOperation.Progress(told) : null, call.Cancellation).Notes;
    }

    private static TicketRequest Request(OperationCall call) => new(TrainOperation.Request(call), new TicketSettings
    {
        Amount = call.Arguments.Number("amount") ?? throw call.Arguments.Wrong("amount", "nothing", "a fraction removed, 0 <= amount < 1"),
        Method = call.Choice("method", TicketNames.Methods, TicketMethod.Biprop),
        Scope = call.Choice("scope", Scopes, MaskScope.Layer),
        Weights = call.Choice("weights", TicketNames.Weights, TicketWeightKind.SignedConstant),
        Scale = call.Choice("scale-fan", TicketNames.Scales, FanScale.Paper),
        Ramp = call.Arguments.Element("ramp") is null ? null : call.Whole("ramp", 0),
        LearnNorms = call.Arguments.Flag("learn-batchnorm") ?? false,
    })
    { Packed = call.Arguments.Flag("packed") ?? false };
}
