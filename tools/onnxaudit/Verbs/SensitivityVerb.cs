using System.CommandLine;
using System.Globalization;
using OnnxAudit.Cli.Options;
using OnnxAudit.Compression;
using OnnxAudit.Reports;
using OnnxAudit.Runs.Sensitivity;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Which layers bear pruning.</summary>
internal static class SensitivityVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var model = SharedOptions.Model();
        var data = new Option<string>("--data") { Description = "Labelled images; methods that take gradients take them over these", HelpName = "SPEC", Required = true };
        var method = new Option<string>("--method") { Description = "How weights are scored, within each layer", DefaultValueFactory = _ => "magnitude" };
        method.AcceptOnlyFromAmong([.. MaskMethods.Names.Where(m => m != MaskMethods.FromFile)]);
        var amounts = new Option<string>("--amounts") { Description = "Fractions of a layer's weights to remove, each by itself", HelpName = "P,…", DefaultValueFactory = _ => "0.5,0.7,0.9" };
        var patterns = new Option<string?>("--patterns") { Description = "Also N of every M weights along the input channels, e.g. 2:4; alone, without amounts", HelpName = "N:M,…" };
        var tolerance = TrainingOptions.Number("--tolerance", "Points of accuracy that a layer may cost and not be excluded", "POINTS", 1);
        var include = new Option<string[]>("--include") { Description = "Only weights whose operator, name or node fits this pattern (* and ?); may be repeated", HelpName = "PATTERN" };
        var exclude = new Option<string[]>("--exclude") { Description = "Not these weights; may be repeated", HelpName = "PATTERN" };
        var batch = new Option<int>("--batch") { Description = "Images of a pass", HelpName = "N", DefaultValueFactory = _ => 64 };
        var runs = new Option<int>("--latency-runs") { Description = "Single-image passes of each edited model, in turns with the model as it is; 0: none", HelpName = "N", DefaultValueFactory = _ => 10 };
        var (preprocess, head, ort) = (new PreprocessOption(), SharedOptions.Head(), new RuntimeOption());
        var (threads, seed, json) = (SharedOptions.Threads(), SharedOptions.Seed(), SharedOptions.Json());
        return new Verb("sensitivity", "Prune each layer by itself and say which bear it: loss, accuracy, margins and latency, layers to exclude, and ready prune commands.",
            ["sensitivity model.onnx --data cifar10:DIR#test[0:1000]", "sensitivity model.onnx --data SPEC --amounts 0.5 --patterns 2:4 --json"],
            [model, data, method, amounts, patterns, tolerance, include, exclude, batch, runs, preprocess.Symbol, head, ort.Symbol, seed, threads, json], (parsed, terminal, cancellation) =>
            {
                var shares = parsed.GetResult(amounts) is not { Implicit: false } && parsed.GetValue(patterns) is not null ? [] : Items(parsed.GetRequiredValue(amounts)).Select(Amount).ToArray();
                var chosen = Items(parsed.GetValue(patterns)).Select(NmPattern.Parse);
                MaskRecipe Recipe(double amount, NmPattern? pattern) => new MaskRecipe
                {
                    Method = parsed.GetRequiredValue(method),
                    Amount = amount,
                    Pattern = pattern,
                    Scope = MaskScope.Layer,
                    Seed = parsed.GetValue(seed),
                    Include = parsed.GetValue(include) is { Length: > 0 } wanted ? wanted : null,
                    Exclude = parsed.GetValue(exclude) is { Length: > 0 } left ? left : null,
                };
                var request = new SensitivityRequest(parsed.GetRequiredValue(model), parsed.GetRequiredValue(data),
                    [.. shares.Select(s => Recipe(s, null)), .. chosen.Select(p => Recipe(p.Amount, p))], ort.Load(parsed), TimeProvider.System)
                {
                    Tolerance = parsed.GetValue(tolerance) / 100,
                    Batch = parsed.GetValue(batch),
                    LatencyRuns = parsed.GetValue(runs),
                    Preprocessing = preprocess.Settings(parsed),
                    Head = parsed.GetValue(head),
                    Threads = parsed.GetValue(threads),
                };
                using var line = new SensitivityLine(terminal);
                var report = SensitivityAnalysis.Run(request, line, cancellation);
                line.Dispose();
                foreach (var note in report.Notes) terminal.Remark($"note: {note}");
                if (parsed.GetValue(json)) terminal.Json(SensitivityText.Schema, writer => SensitivityText.Write(report, writer));
                else SensitivityText.Write(report, terminal.Page);
                // What was measured is shown; the exit code still says that it was interrupted.
                if (!report.Complete) throw new OperationCanceledException(cancellation);
                return 0;
            });
    }

    private static string[] Items(string? text) => text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static double Amount(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) ? amount
        : throw new AuditException(AuditCode.Usage, "--amounts", $"'{text}'", "numbers in (0,1) with a decimal point", "Write e.g. 0.5,0.9.");

    private sealed class SensitivityLine(Terminal terminal) : IProgress<SensitivityProgress>, IDisposable
    {
        private readonly StatusLine _line = new(terminal, TimeProvider.System);

        public void Report(SensitivityProgress value) => _line.Show(FormattableString.Invariant($"edit {value.Done + 1}/{value.Of}"), (double)value.Done / value.Of, value.Text);

        public void Dispose() => _line.Dispose();
    }
}
