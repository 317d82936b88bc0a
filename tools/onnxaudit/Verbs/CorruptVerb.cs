using System.CommandLine;
using System.Globalization;
using OnnxAudit.Cli.Options;
using OnnxAudit.Corruptions;
using OnnxAudit.Corruptions.Ice;
using OnnxAudit.Data;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Writes a dataset's corrupted images as a suite that other tools read.</summary>
internal static class CorruptVerb
{
    private const string Schema = "onnxaudit.corrupt/1";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The images: a DATA SPEC of pixels", HelpName = "SPEC", Required = true };
        var grid = new GridOptions(alone: true);
        var output = SharedOptions.Output("The folder of the suite", "SUITE");
        var resume = SharedOptions.Resume();
        var preprocess = new PreprocessOption();
        var (seed, threads, json) = (SharedOptions.Seed(), SharedOptions.Threads(), SharedOptions.Json());
        return new Verb("corrupt", "Write corrupted images, severities 1 to 5, in the layout of CIFAR-10-C; audit reads them as suite:SUITE.",
        [
            "corrupt --data cifar10:cifar-10 --corruptions all -o suite",
            "corrupt --data synthetic:shapes --corruptions fog,frost -o suite",
        ],
        [data, .. grid.Symbols, preprocess.Symbol, output, resume, seed, threads, json], (parsed, terminal, cancellation) =>
        {
            var folder = parsed.GetRequiredValue(output);
            using var source = DataSpec.Open(parsed.GetRequiredValue(data), new DataOptions { Preprocessing = preprocess.Settings(parsed) });
            foreach (var note in source.Notes) terminal.Remark($"{source.Spec}: {note}");
            var settings = new SuiteSettings(grid.Grid(parsed)!.Corruptions, parsed.GetValue(seed), CorruptionProfiles.Parse(grid.Profile(parsed, "auto")),
                grid.Frost(parsed) is { } photographs ? CorruptionOptions.Published with { Frost = FrostSource.Folder(photographs) } : CorruptionOptions.Published);
            IReadOnlyList<KeyValuePair<string, string>> files;
            using (var line = new StatusLine(terminal, TimeProvider.System))
                files = CorruptedSuite.Write(source, settings, folder, parsed.GetValue(threads), parsed.GetValue(resume), new Progress(line), cancellation);
            if (!parsed.GetValue(json))
            {
                terminal.Page.Line(string.Create(CultureInfo.InvariantCulture, $"{folder}: {files.Count - 1} corruptions x {Corruption.Severities} severities x {source.Count} images of {source.Shape}, seed {settings.Seed}"));
                terminal.Page.Line($"audit them with --data suite:{folder}");
            }
            else terminal.Json(Schema, writer =>
            {
                writer.WriteString("folder", folder);
                writer.WriteString("data", source.Spec);
                writer.WriteNumber("samples", source.Count);
                writer.WriteNumber("seed", settings.Seed);
                writer.WriteStartObject("files");
                foreach (var (name, digest) in files) writer.WriteString(name, digest);
                writer.WriteEndObject();
            });
            return 0;
        });
    }

    private sealed class Progress(StatusLine line) : IProgress<SuiteProgress>
    {
        public void Report(SuiteProgress value) =>
            line.Show(FormattableString.Invariant($"corruption {value.Number}/{value.Count}"), (double)value.Done / value.Total, value.Corruption);
    }
}
