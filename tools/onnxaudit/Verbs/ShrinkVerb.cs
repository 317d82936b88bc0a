using System.CommandLine;
using OnnxAudit.Cli.Options;
using OnnxAudit.Compression;
using OnnxAudit.Compression.Structured;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Writes a copy of a model with fewer channels.</summary>
internal static class ShrinkVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var (model, output) = (SharedOptions.Model(), SharedOptions.Output("The model to write", "OUT.onnx"));
        var amount = new Option<double>("--amount") { Description = "Fraction of the channel groups that may go to remove, in (0,1)", HelpName = "P", Required = true };
        var criterion = new Option<string>("--criterion") { Description = "Which channels go first", DefaultValueFactory = _ => "l1" };
        criterion.AcceptOnlyFromAmong([.. StructuredCriteria.Names.Keys]);
        var scope = new Option<string>("--scope") { Description = "What competes: each set of connected layers' own channels, or all", DefaultValueFactory = _ => "layer" };
        scope.AcceptOnlyFromAmong("layer", "global");
        var multiple = new Option<int>("--multiple-of") { Description = "Keep a multiple of this many channels: kernels run fastest on multiples of 8 or 16", HelpName = "N", DefaultValueFactory = _ => 1 };
        var include = new Option<string[]>("--include") { Description = "Only channels of layers whose operator, weight or node fits this pattern (* and ?); may be repeated", HelpName = "PATTERN" };
        var exclude = new Option<string[]>("--exclude") { Description = "Not the channels of these layers; may be repeated", HelpName = "PATTERN" };
        var zero = new Option<bool>("--zero-only") { Description = "Zero the channels and keep every shape: the same function, for comparison" };
        var data = new Option<string?>("--data") { Description = "Labelled images, training images by rights, for taylor and taylor-sum", HelpName = "SPEC" };
        var samples = new Option<int>("--samples") { Description = "Images to take gradients over, drawn by the seed", HelpName = "N", DefaultValueFactory = _ => 1024 };
        var runs = new Option<int>("--latency-runs") { Description = "Passes of each model to measure latency with; 0: none", HelpName = "N", DefaultValueFactory = _ => 20 };
        var (seed, preprocess, head, ort) = (SharedOptions.Seed(), new PreprocessOption(), SharedOptions.Head(), new RuntimeOption());
        var (threads, json) = (SharedOptions.Threads("Threads to use, also for the measured passes"), SharedOptions.Json());
        return new Verb("shrink", "Remove whole channels, with all that depends on them, and write the smaller model.",
            ["shrink model.onnx --amount 0.5 -o half.onnx", "shrink model.onnx --amount 0.3 --criterion taylor --data cifar10:DIR#train -o t.onnx"],
            [model, amount, criterion, scope, multiple, include, exclude, zero, data, samples, seed, preprocess.Symbol, head, ort.Symbol, threads, runs, output, json],
            (parsed, terminal, cancellation) =>
            {
                var request = new StructuredRequest(parsed.GetRequiredValue(model), parsed.GetRequiredValue(output), parsed.GetValue(amount),
                    StructuredCriteria.Names[parsed.GetRequiredValue(criterion)], ort.Load(parsed), ToolVersion.Text)
                {
                    Scope = parsed.GetValue(scope) == "global" ? MaskScope.Global : MaskScope.Layer,
                    MultipleOf = parsed.GetValue(multiple),
                    ZeroOnly = parsed.GetValue(zero),
                    Seed = parsed.GetValue(seed),
                    Data = parsed.GetValue(data),
                    Samples = parsed.GetValue(samples),
                    Include = parsed.GetValue(include) ?? [],
                    Exclude = parsed.GetValue(exclude) ?? [],
                    Preprocessing = preprocess.Settings(parsed),
                    Head = parsed.GetValue(head),
                    Threads = parsed.GetValue(threads),
                    LatencyRuns = parsed.GetValue(runs),
                };
                if (request.Data is null && ((Option[])[samples, head]).FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } idle)
                    throw new AuditException(AuditCode.Usage, "command line", $"{idle.Name} without --data", "images to take gradients over", "Leave it out, or add --data with --criterion taylor.");
                var report = StructuredRemoval.Run(request, TimeProvider.System, cancellation);
                foreach (var note in report.Notes) terminal.Remark($"note: {note}");
                if (parsed.GetValue(json)) terminal.Json(StructuredText.Schema, writer => StructuredText.Write(report, writer));
                else StructuredText.Write(report, terminal.Page);
                return 0;
            });
    }
}
