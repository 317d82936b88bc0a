using System.Text.Json;
using OnnxAudit.Compression.Quantisation;

namespace OnnxAudit.Families.Operations;

/// <summary>quantize: weights, and with some codes activations, in another code; the one without a name is int8, calibrated on images.</summary>
internal static class QuantizeOperation
{
    /// <summary>The row.</summary>
    public static Operation Row { get; } = new("quantize",
    [
        new("code"), new("entries"), new("asymmetric-weights"), new("allow-clipping"), new("fold-norms"), new("data", ParameterKind.Data) { GivenWhen = IsCalibrated }, new("method"), new("percentile"), new("samples"), new("batch"), new("symmetric"), new("per-tensor"), new("weight-bits"), new("keep-norms"),
        new("exclude", ParameterKind.List), new("preprocess", ParameterKind.Settings), new("head"), new("seed"),
    ], Check, Run)
    { KeepsGraph = false };

    private static bool IsCalibrated(IReadOnlyDictionary<string, JsonElement> step) =>
        !step.TryGetValue("code", out var code) || (code.ValueKind == JsonValueKind.String && code.ValueEquals(WeightCodes.Calibrated));

    private static bool IsCalibrated(OperationCall call) => call.Arguments.Text("code") is null or WeightCodes.Calibrated;

    private static void Check(OperationCall call)
    {
        var graph = call.ParentPath is not null;
        WeightCodes.RequireUse(call.Arguments.Text("code") ?? WeightCodes.Calibrated, WeightCodes.Uses.Keys.Where(name => call.Arguments.Element(name) is not null), call.Arguments.Where);
        if (IsCalibrated(call)) StaticQuantisation.Check(Request(call), graph);
        else WeightCoding.Check(CodeRequest(call), graph);
    }

    private static IReadOnlyList<string> Run(OperationCall call) =>
        IsCalibrated(call) ? StaticQuantisation.Run(Request(call), call.Cancellation).Notes : WeightCoding.Run(CodeRequest(call), call.Cancellation).Notes;

    private static WeightCodeRequest CodeRequest(OperationCall call)
    {
        var fields = call.Arguments;
        var code = call.Choice("code", WeightCodes.Names, WeightCode.DynamicInt8);
        var request = new WeightCodeRequest(call.ParentPath ?? "", call.OutPath, code, call.Means.Runtime, call.Means.ToolVersion);
        return request with
        {
            FoldNorms = code is WeightCode.DynamicInt8 or WeightCode.Float16 ? !(fields.Flag("keep-norms") ?? false) : fields.Flag("fold-norms") ?? false,
            PerTensor = fields.Flag("per-tensor") ?? false,
            AsymmetricWeights = fields.Flag("asymmetric-weights") ?? false,
            WeightBits = call.Whole("weight-bits", request.WeightBits),
            Entries = call.Whole("entries", request.Entries),
            AllowClipping = fields.Flag("allow-clipping") ?? false,
            Exclude = fields.Texts("exclude"),
        };
    }

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
            AsymmetricWeights = fields.Flag("asymmetric-weights") ?? false,
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
