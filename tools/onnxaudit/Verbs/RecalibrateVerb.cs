using System.CommandLine;
using OnnxAudit.Cli.Options;
using OnnxAudit.Reports;
using OnnxAudit.Training;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Estimates a model's batch-normalisation statistics anew.</summary>
internal static class RecalibrateVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var (model, output) = (SharedOptions.Model(), SharedOptions.Output("The model to write", "OUT.onnx"));
        var data = new Option<string>("--data") { Description = "Images, training images by rights; labels are not used", HelpName = "SPEC", Required = true };
        var batches = new Option<int>("--batches") { Description = "Batches to average over, drawn by the seed", HelpName = "N", DefaultValueFactory = _ => 32 };
        var batch = new Option<int>("--batch") { Description = "Images of a batch", HelpName = "N", DefaultValueFactory = _ => 128 };
        var (seed, preprocess, head, ort) = (SharedOptions.Seed(), new PreprocessOption(), SharedOptions.Head(), new RuntimeOption());
        var (threads, json) = (SharedOptions.Threads(), SharedOptions.Json());
        return new Verb("recalibrate", "Estimate the running statistics of batch normalisation anew on unlabelled images; no weight changes.",
            ["recalibrate half.onnx --data cifar10:DIR#train -o calibrated.onnx"],
            [model, data, batches, batch, seed, preprocess.Symbol, head, ort.Symbol, threads, output, json], (parsed, terminal, cancellation) =>
            {
                var report = Recalibration.Run(
                    new RecalibrationRequest(parsed.GetRequiredValue(model), parsed.GetRequiredValue(output), parsed.GetRequiredValue(data), ort.Load(parsed), ToolVersion.Text)
                    {
                        Batches = parsed.GetValue(batches),
                        Batch = parsed.GetValue(batch),
                        Seed = parsed.GetValue(seed),
                        Preprocessing = preprocess.Settings(parsed),
                        Head = parsed.GetValue(head),
                        Threads = parsed.GetValue(threads),
                    },
                    cancellation);
                foreach (var note in report.Notes) terminal.Remark($"note: {note}");
                if (parsed.GetValue(json)) terminal.Json(RecalibrationText.Schema, writer => RecalibrationText.Write(report, writer));
                else RecalibrationText.Write(report, terminal.Page);
                return 0;
            });
    }
}
