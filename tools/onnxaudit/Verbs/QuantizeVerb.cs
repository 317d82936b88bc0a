using System.CommandLine;
using OnnxAudit.Cli.Options;
using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Writes an int8 copy of a model.</summary>
internal static class QuantizeVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var (model, output) = (SharedOptions.Model(), SharedOptions.Output("The model to write", "OUT.onnx"));
        var data = new Option<string>("--data") { Description = "Images to calibrate on, training images by rights; labels are not used", HelpName = "SPEC", Required = true };
        var method = new Option<string>("--method") { Description = "How ranges of activations are chosen", DefaultValueFactory = _ => "minmax" };
        method.AcceptOnlyFromAmong([.. CalibrationMethods.Names.Keys]);
        var percentile = new Option<double>("--percentile") { Description = "Per cent of the values that --method percentile keeps", HelpName = "P", DefaultValueFactory = _ => 99.99 };
        var samples = new Option<int>("--samples") { Description = "Samples to calibrate on, drawn by the seed", HelpName = "N", DefaultValueFactory = _ => 512 };
        var batch = new Option<int>("--batch") { Description = "Samples that run together", HelpName = "N", DefaultValueFactory = _ => 32 };
        var symmetric = new Option<bool>("--symmetric") { Description = "Activations as symmetric int8 in place of asymmetric uint8" };
        var perTensor = new Option<bool>("--per-tensor") { Description = "One scale per weight tensor in place of one per output channel" };
        var bits = new Option<int>("--weight-bits") { Description = "8, or 7 for processors whose 8-bit products saturate", HelpName = "N", DefaultValueFactory = _ => 8 };
        var keepNorms = new Option<bool>("--keep-norms") { Description = "Leave batch normalisation as nodes in place of folding it first" };
        var exclude = new Option<string[]>("--exclude") { Description = "Layers that stay float32, by operator, node or weight name (* and ?); may be repeated", HelpName = "PATTERN" };
        var (seed, preprocess, head, ort) = (SharedOptions.Seed(), new PreprocessOption(), SharedOptions.Head(), new RuntimeOption());
        var (threads, json) = (SharedOptions.Threads("Threads to use; recorded: ranges depend on them, by rounding"), SharedOptions.Json());
        return new Verb("quantize", "Write an int8 copy of a model in QDQ form, calibrated on unlabelled images.",
            ["quantize model.onnx --data cifar10:DIR#train -o int8.onnx"],
            [model, data, method, percentile, samples, batch, symmetric, perTensor, bits, keepNorms, exclude, seed, preprocess.Symbol, head, ort.Symbol, threads, output, json],
            (parsed, terminal, cancellation) =>
            {
                var report = StaticQuantisation.Run(
                    new QuantisationRequest(parsed.GetRequiredValue(model), parsed.GetRequiredValue(output), parsed.GetRequiredValue(data), ort.Load(parsed), ToolVersion.Text)
                    {
                        Method = CalibrationMethods.Names[parsed.GetRequiredValue(method)],
                        Percentile = parsed.GetValue(percentile),
                        Samples = parsed.GetValue(samples),
                        Batch = parsed.GetValue(batch),
                        SymmetricActivations = parsed.GetValue(symmetric),
                        PerTensor = parsed.GetValue(perTensor),
                        WeightBits = parsed.GetValue(bits),
                        KeepNorms = parsed.GetValue(keepNorms),
                        Exclude = parsed.GetValue(exclude) ?? [],
                        Seed = parsed.GetValue(seed),
                        Preprocessing = preprocess.Settings(parsed),
                        Head = parsed.GetValue(head),
                        Threads = parsed.GetValue(threads),
                    },
                    cancellation);
                foreach (var note in report.Notes) terminal.Remark($"note: {note}");
                if (parsed.GetValue(json)) terminal.Json(QuantisationText.Schema, writer => QuantisationText.Write(report, writer));
                else QuantisationText.Write(report, terminal.Page);
                return 0;
            });
    }
}
