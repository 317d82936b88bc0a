using System.CommandLine;
using OnnxAudit.Cli.Verbs;

namespace OnnxAudit.Cli;

/// <summary>The program: a list of verbs.</summary>
internal static class Program
{
    /// <summary>Every verb, in the order of the help.</summary>
    public static IReadOnlyList<Command> Verbs() =>
    [
        DemoVerb.Create(),
        InspectVerb.Create(),
        LineageVerb.Create(),
        MakeVerb.Create(),
        PruneVerb.Create(),
        ShrinkVerb.Create(),
        TrainVerb.Create(),
        RetrainVerb.Create(),
        TicketsVerb.Create(),
        SensitivityVerb.Create(),
        RecalibrateVerb.Create(),
        WidthVerb.Create(),
        QuantizeVerb.Create(),
        FactorizeVerb.Create(),
        AuditVerb.Create(),
        CorruptVerb.Create(),
        SaliencyVerb.Create(),
        CompareVerb.Create(),
        AnalyzeVerb.Create(),
        CheckVerb.Create(),
        ReportVerb.Create(),
        MergeVerb.Create(),
        DevicesVerb.Create(),
        DataVerb.Create(),
        CompletionVerb.Create(),
    ];

    private static Task<int> Main(string[] args) => CommandLine.Run(args, Terminal.OfProcess(), Verbs());
}
