using System.CommandLine;
using OnnxAudit.Cli.Options;
using OnnxAudit.Compression;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Writes a masked copy of a model.</summary>
internal static class PruneVerb
{
    private const string Schema = "onnxaudit.prune/1";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var model = SharedOptions.Model();
        var output = SharedOptions.Output("The model to write", "OUT.onnx");
        var masks = new MaskOptions(single: true);
        var sparse = new Option<bool>("--sparse") { Description = "Store the masked weights as sparse tensors; not every runtime reads them" };
        var save = new Option<string?>("--save-masks") { Description = "Also save the masks as packed bits", HelpName = "FILE" };
        var gradients = new GradientOptions();
        var (threads, seed, json) = (SharedOptions.Threads(), SharedOptions.Seed(), SharedOptions.Json());
        return new Verb("prune", "Zero a fraction of a model's weights and write the result, its recipe in the metadata.",
            ["prune model.onnx --method magnitude --amount 0.5 -o half.onnx", "prune model.onnx --method random --amount 0.9 --scope layer --include Conv --seed 7 -o sparse.onnx",
                "prune model.onnx --method taylor --data cifar10:DIR --amount 0.5 -o half.onnx"],
            [model, output, .. masks.Symbols, .. gradients.Symbols, sparse, save, seed, threads, json], (parsed, terminal, _) =>
            {
                var recipe = gradients.Recipe(parsed, masks.Recipe(parsed, parsed.GetValue(seed)));
                var options = new PruneOptions { Sparse = parsed.GetValue(sparse), MaskPath = parsed.GetValue(save), Threads = parsed.GetValue(threads), Data = gradients.Data(parsed, recipe) };
                var report = Pruning.Prune(parsed.GetRequiredValue(model), recipe, parsed.GetRequiredValue(output), options, ToolVersion.Text);
                foreach (var note in report.Notes) terminal.Remark($"note: {note}");
                if (parsed.GetValue(json)) terminal.Json(Schema, writer => PruneSummary.Write(report, writer));
                else PruneSummary.Write(report, terminal.Page);
                return 0;
            });
    }
}
