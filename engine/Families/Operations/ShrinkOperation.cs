using OnnxAudit.Compression;
using OnnxAudit.Compression.Structured;

namespace OnnxAudit.Families.Operations;

/// <summary>shrink: whole channels removed with all that depends on them.</summary>
internal static class ShrinkOperation
{
    private static readonly Dictionary<string, MaskScope> Scopes = new(StringComparer.Ordinal) { ["layer"] = MaskScope.Layer, ["global"] = MaskScope.Global };

    /// <summary>The row.</summary>
    public static Operation Row { get; } = new("shrink",
    [
        new("amount"), new("criterion"), new("scope"), new("multiple-of"), new("include", ParameterKind.List), new("exclude", ParameterKind.List), new("zero-only"),
        new("data", ParameterKind.Data), new("samples"), new("seed"), new("preprocess", ParameterKind.Settings), new("head"),
    ], Check, Run)
    { KeepsGraph = false };

    private static void Check(OperationCall call) => StructuredRemoval.Check(Request(call), graph: call.ParentPath is not null);

    private static IReadOnlyList<string> Run(OperationCall call) => StructuredRemoval.Run(Request(call), call.Means.Clock, call.Cancellation).Notes;

    private static StructuredRequest Request(OperationCall call)
    {
        var fields = call.Arguments;
        var criterion = call.Choice("criterion", StructuredCriteria.Names, StructuredCriterion.L1);
        var amount = fields.Number("amount") ?? throw fields.Wrong("amount", "nothing", "a number in (0,1), the fraction of the channel groups to remove");
        var request = new StructuredRequest(call.ParentPath ?? "", call.OutPath, amount, criterion, call.Means.Runtime, call.Means.ToolVersion);
        return request with
        {
            Scope = call.Choice("scope", Scopes, request.Scope),
            MultipleOf = call.Whole("multiple-of", request.MultipleOf),
            ZeroOnly = fields.Flag("zero-only") ?? false,
            Seed = call.Seed(),
            // The family may name data that a criterion of the weights alone has no use for.
            Data = StructuredCriteria.NeedsData(criterion) ? call.Data("data", $"labelled images, which criterion {StructuredCriteria.NameOf(criterion)} takes gradients over") : null,
            Samples = call.Whole("samples", request.Samples),
            Include = fields.Texts("include"),
            Exclude = fields.Texts("exclude"),
            Preprocessing = call.Preprocessing(),
            Head = fields.Text("head"),
            Threads = call.Means.Threads,
            LatencyRuns = 0,
        };
    }
}
