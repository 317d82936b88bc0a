using System.CommandLine;
using System.Globalization;
using OnnxAudit.Bundles;
using OnnxAudit.Cli.Options;
using OnnxAudit.Reports;
using OnnxAudit.Runs;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Measures per-sample filter saliency into a bundle, beside what an audit measures.</summary>
internal static class SaliencyVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var plan = new PlanOptions();
        var choices = new SaliencyChoices();
        var output = SharedOptions.Output("The bundle to write, a folder", "BUNDLE");
        var resume = SharedOptions.Resume();
        var overwrite = SharedOptions.Overwrite();
        var query = new Option<string?>("--query") { Description = "Samples whose nearest neighbours in saliency space are wanted", HelpName = "ROW[,ROW…]" };
        var neighbours = new Option<int>("--neighbours") { Description = "Neighbours of each queried sample", HelpName = "N", DefaultValueFactory = _ => 10 };
        var part = new Option<string>("--layers") { Description = "Which layers neighbours are compared on", DefaultValueFactory = _ => "all" }.AcceptOnlyFromAmong("all", "early", "late");
        var ort = new RuntimeOption();
        var json = SharedOptions.Json();
        return new Verb("saliency", "Differentiate the loss of every sample with respect to every filter; write the profiles and their statistics into a bundle.",
        [
            "saliency model.onnx --data cifar10:cifar-10 -o saliency",
            "saliency model.onnx --data synthetic:shapes --query 3,17 -o saliency",
        ],
        [.. plan.Symbols, .. choices.Symbols, query, neighbours, part, output, resume, overwrite, ort.Symbol, json], (parsed, terminal, cancellation) =>
        {
            var folder = parsed.GetRequiredValue(output);
            var wanted = new NeighbourQuery(Rows(parsed.GetValue(query)), parsed.GetValue(neighbours), parsed.GetRequiredValue(part));
            AuditVerb.RefuseToReplace(folder, parsed.GetValue(resume), parsed.GetValue(overwrite));
            AuditVerb.Run(choices.Into(parsed, plan.Build(parsed)), ort.Load(parsed), folder, Shard.Whole, parsed.GetValue(resume), terminal, cancellation);
            var bundle = Bundle.Open(folder, verify: false);
            if (parsed.GetValue(json)) terminal.Json(SaliencyText.Schema, writer => SaliencyText.Write(bundle, wanted, writer));
            else SaliencyText.Write(bundle, wanted, terminal.Page);
            return 0;
        });
    }

    private static long[] Rows(string? text)
    {
        if (text is null) return [];
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var rows = parts.Select(p => long.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var row) ? row : -1).ToArray();
        return rows.All(r => r >= 0) ? rows : throw new AuditException(AuditCode.Usage, "--query", $"'{text}'", "row numbers from 0, separated by commas", "Write e.g. --query 3,17.");
    }
}
