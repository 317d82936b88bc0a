using OnnxAudit.Compression.Quantisation;

namespace OnnxAudit.Families.Operations;

/// <summary>quantize: weights and activations as 8-bit integers, calibrated on images.</summary>
internal static class QuantizeOperation
{
    /// <summary>The row.</summary>
    public static Operation Row { get; } = new("quantize",
    [
        new("data", ParameterKind.Data), new("method"), new("percentile"), new("samples"), new("batch"), new("symmetric"), new("per-tensor"), new("weight-bits"), new("keep-norms"),
        new("exclude", ParameterKind.List), new("preprocess", ParameterKind.Settings), new("head"), new("seed"),
    ], Check, Run)
    { KeepsGraph = false };

    private static void Check(OperationCall call) => StaticQuantisation.Check(Request(call), graph: call.ParentPath is not null);

    private static IReadOnlyList<string> Run(OperationCall call) => StaticQuantisation.Run(Request(call), call.Cancellation).Notes;

    private static QuantisationRequest Request(OperationCall call)
    {
        var fields = call.Arguments;
        var request = new QuantisationRequest(call.ParentPath ?? "", call.OutPath, call.Data("data", "images to calibrate on"), call.Means.Runtime, call.Means.ToolVersion);
        return request with
        {
            Method = call.Choice("method", CalibrationMethods.Names, request.Method),
            Percentile = fields.Number("percentile") ?? request.Percentile,
            Samples = call.Whole("samples", request.Samples),
            Batch = call.Whole("batch", request.Batch),
            SymmetricActivations = fields.Flag("symmetric") ?? false,
            PerTensor = fields.Flag("per-tensor") ?? false,
            WeightBits = call.Whole("weight-bits", request.WeightBits),
            KeepNorms = fields.Flag("keep-norms") ?? false,
            Exclude = fields.Texts("exclude"),
            Seed = call.Seed(),
            Preprocessing = call.Preprocessing(),
            Head = fields.Text("head"),
            Threads = call.Means.Threads,
        };
    }
}
