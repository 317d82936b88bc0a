using OnnxAudit.Compression;

namespace OnnxAudit.Families.Operations;

/// <summary>width: another number of penultimate features.</summary>
internal static class WidthOperation
{
    /// <summary>The row.</summary>
    public static Operation Row { get; } = new("width", [new("features"), new("seed"), new("head")], Check, Run) { KeepsGraph = false };

    private static void Check(OperationCall call) => HeadWidth.Check(Request(call), graph: call.ParentPath is not null);

    private static IReadOnlyList<string> Run(OperationCall call) => HeadWidth.Run(Request(call)).Notes;

    private static WidthRequest Request(OperationCall call) => new(call.ParentPath ?? "", call.OutPath, call.Whole("features", 0), call.Means.ToolVersion)
    {
        Seed = call.Seed(),
        Head = call.Arguments.Text("head"),
    };
}
