using OnnxAudit.Compression.Factorisation;

namespace OnnxAudit.Families.Operations;

/// <summary>factorize: layers as products of two thinner ones.</summary>
internal static class FactorizeOperation
{
    /// <summary>The row.</summary>
    public static Operation Row { get; } = new("factorize",
        [new("energy"), new("rank"), new("ratio"), new("fold-norms"), new("include-head"), new("exclude", ParameterKind.List), new("head")],
        call => Factorising.Check(Request(call), graph: call.ParentPath is not null), call => Factorising.Run(Request(call), call.Cancellation).Notes)
    { KeepsGraph = false };

    private static FactorisationRequest Request(OperationCall call)
    {
        var fields = call.Arguments;
        return new FactorisationRequest(call.ParentPath ?? "", call.OutPath, call.Means.Runtime, call.Means.ToolVersion)
        {
            Energy = fields.Number("energy"),
            Rank = fields.Integer("rank", int.MinValue, int.MaxValue) is { } rank ? (int)rank : null,
            Ratio = fields.Number("ratio"),
            FoldNorms = fields.Flag("fold-norms") ?? false,
            IncludeHead = fields.Flag("include-head") ?? false,
            Exclude = fields.Texts("exclude"),
            Head = fields.Text("head"),
            Threads = call.Means.Threads,
        };
    }
}
