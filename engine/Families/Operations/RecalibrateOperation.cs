using OnnxAudit.Training;

namespace OnnxAudit.Families.Operations;

/// <summary>recalibrate: statistics of batch normalisation estimated anew.</summary>
internal static class RecalibrateOperation
{
    /// <summary>The row.</summary>
    public static Operation Row { get; } = new("recalibrate",
        [new("data", ParameterKind.Data), new("batches"), new("batch"), new("preprocess", ParameterKind.Settings), new("head"), new("seed")], Check, Run);

    private static void Check(OperationCall call) => Recalibration.Check(Request(call), graph: call.ParentPath is not null);

    private static IReadOnlyList<string> Run(OperationCall call) => Recalibration.Run(Request(call), call.Cancellation).Notes;

    private static RecalibrationRequest Request(OperationCall call)
    {
        var request = new RecalibrationRequest(call.ParentPath ?? "", call.OutPath, call.Data("data", "images to estimate statistics on"), call.Means.Runtime, call.Means.ToolVersion);
        return request with
        {
            Batches = call.Whole("batches", request.Batches),
            Batch = call.Whole("batch", request.Batch),
            Seed = call.Seed(),
            Preprocessing = call.Preprocessing(),
            Head = call.Arguments.Text("head"),
            Threads = call.Means.Threads,
        };
    }
}
