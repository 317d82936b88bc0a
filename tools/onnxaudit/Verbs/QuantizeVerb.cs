using System.CommandLine;
using OnnxAudit.Cli.Options;
using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Writes a copy of a model whose weights, and with some codes activations, are in another code.</summary>
internal static class QuantizeVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var (model, output) = (SharedOptions.Model(), SharedOptions.Output("The model to write", "OUT.onnx"));
        var (code, calibration, trial) = (new CodeOptions(), new CalibrationOptions(), new TrialOption());
        var (preprocess, head, ort) = (new PreprocessOption(), SharedOptions.Head(), new RuntimeOption());
        var (threads, json) = (SharedOptions.Threads("Threads to use; recorded with a calibration: ranges depend on them, by rounding"), SharedOptions.Json());
        return new Verb("quantize", "Write a copy of a model in int8, float16 or with codebooks.",
            ["quantize model.onnx --data cifar10:DIR#train -o int8.onnx", "quantize model.onnx --code palette --entries 16 -o palette.onnx"],
            [model, .. code.Symbols, .. calibration.Symbols, trial.Symbol, preprocess.Symbol, head, ort.Symbol, threads, output, json], (parsed, terminal, cancellation) =>
            {
                code.Check(parsed, calibration.Symbols);
                var (path, result) = (parsed.GetRequiredValue(model), parsed.GetRequiredValue(output));
                var data = code.IsStatic(parsed) ? calibration.Data(parsed) : null;
                var (settings, node, used, runtime) = (preprocess.Settings(parsed), parsed.GetValue(head), parsed.GetValue(threads), ort.Load(parsed));
                using var images = trial.Open(parsed, path, settings, node);
                if (data is not null)
                {
                    var request = new QuantisationRequest(path, result, data, runtime, ToolVersion.Text) { Preprocessing = settings, Head = node, Threads = used };
                    var report = StaticQuantisation.Run(calibration.Choose(parsed, code.Choose(parsed, request)), cancellation);
                    var tried = images?.Run(result, runtime, used, cancellation);
                    Show(report.Notes, QuantisationText.Schema, writer => QuantisationText.Write(report, tried, writer), page => QuantisationText.Write(report, tried, page));
                }
                else
                {
                    var report = WeightCoding.Run(code.Request(parsed, path, result, runtime), cancellation);
                    var tried = images?.Run(result, runtime, used, cancellation);
                    Show(report.Notes, WeightCodeText.Schema, writer => WeightCodeText.Write(report, tried, writer), page => WeightCodeText.Write(report, tried, page));
                }

                return 0;

                void Show(IReadOnlyList<string> notes, string schema, Action<System.Text.Json.Utf8JsonWriter> asJson, Action<TextPage> asText)
                {
                    foreach (var note in notes) terminal.Remark($"note: {note}");
                    if (parsed.GetValue(json)) terminal.Json(schema, asJson);
                    else asText(terminal.Page);
                }
            });
    }
}
