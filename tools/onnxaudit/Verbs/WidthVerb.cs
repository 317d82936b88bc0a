using System.CommandLine;
using OnnxAudit.Cli.Options;
using OnnxAudit.Compression;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Gives a model another number of penultimate features.</summary>
internal static class WidthVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var (model, output) = (SharedOptions.Model(), SharedOptions.Output("The model to write", "OUT.onnx"));
        var features = new Option<int>("--features") { Description = "Penultimate features to have", HelpName = "N", Required = true };
        var (seed, head, json) = (SharedOptions.Seed(), SharedOptions.Head(), SharedOptions.Json());
        return new Verb("width", "Give a model another number of penultimate features; its last two linear layers start anew, so train it next.",
            ["width lenet5.onnx --features 16 -o narrow.onnx"],
            [model, features, seed, head, output, json], (parsed, terminal, _) =>
            {
                var report = HeadWidth.Run(new WidthRequest(parsed.GetRequiredValue(model), parsed.GetRequiredValue(output), parsed.GetValue(features), ToolVersion.Text)
                {
                    Seed = parsed.GetValue(seed),
                    Head = parsed.GetValue(head),
                });
                foreach (var note in report.Notes) terminal.Remark($"note: {note}");
                if (parsed.GetValue(json)) terminal.Json(WidthText.Schema, writer => WidthText.Write(report, writer));
                else WidthText.Write(report, terminal.Page);
                return 0;
            });
    }
}
