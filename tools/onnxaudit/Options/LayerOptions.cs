using System.CommandLine;
using OnnxAudit.Comparison.Layers;
using OnnxAudit.Reports;
using OnnxAudit.Runtime;

namespace OnnxAudit.Cli.Options;

/// <summary>--layers: two model files instead of bundles, and what their activations are computed on.</summary>
internal sealed class LayerOptions
{
    private const string Schema = "onnxaudit.layers/1";

    private readonly Option<bool> _wanted = new("--layers") { Description = "Compare two model files layer by layer: zeros, weights and, with --data, activations" };
    private readonly Option<string?> _data = new("--data") { Description = "Images for the activations", HelpName = "SPEC" };
    private readonly PreprocessOption _preprocess = new();
    private readonly Option<int> _megabytes = new("--megabytes") { Description = "Memory for layer outputs; decides how many layers one pass reads", HelpName = "N", DefaultValueFactory = _ => 256 };
    private readonly Option<string?> _report = new("--report") { Description = "Also write an HTML page of the layers", HelpName = "FILE.html" };
    private readonly Option<int> _threads = SharedOptions.Threads("Threads to use with --layers");
    private readonly RuntimeOption _runtime = new();

    /// <summary>The group.</summary>
    public LayerOptions() => _megabytes.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < 1) result.AddError("--megabytes takes a number from 1.");
    });

    /// <summary>The options in help order.</summary>
    public IReadOnlyList<Symbol> Symbols => [_wanted, _data, _preprocess.Symbol, _megabytes, _report, _threads, _runtime.Symbol];

    /// <summary>Whether layers are asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="others">Options that mean nothing to layers.</param>
    /// <exception cref="AuditException">Usage: an option of the layers without --layers, or one of the others with it.</exception>
    public bool Wanted(ParseResult parsed, IReadOnlyList<Option> others)
    {
        var wanted = parsed.GetValue(_wanted);
        var stray = (wanted ? others : [_data, _preprocess.Symbol, _megabytes, _report, _threads, _runtime.Symbol]).FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false });
        return stray is null ? wanted
            : throw new AuditException(AuditCode.Usage, "command line", $"{stray.Name} {(wanted ? "with" : "without")} --layers", wanted ? "one of the two" : "both or none",
                wanted ? "Layers are compared of two model files, not of bundles." : "Add --layers and name two model files.");
    }

    /// <summary>Compares the models and prints what came out.</summary>
    /// <exception cref="AuditException">Usage: not two models, or --preprocess without --data; else as the comparison.</exception>
    public int Run(ParseResult parsed, IReadOnlyList<string> models, bool json, Terminal terminal, CancellationToken cancellation)
    {
        if (models is not [var first, var second])
            throw new AuditException(AuditCode.Usage, "command line", FormattableString.Invariant($"{models.Count} model"), "two with --layers, the base first", "Name two ONNX files.");
        var threads = parsed.GetValue(_threads);
        var settings = new LayerSettings { Threads = threads, ByteBudget = (long)parsed.GetValue(_megabytes) << 20 };
        var data = parsed.GetValue(_data) is not { } spec ? null
            : new LayerData(_runtime.Load(parsed), spec, _preprocess.Settings(parsed)) { Session = new SessionSettings { Threads = threads } };
        if (data is null && parsed.GetResult(_preprocess.Symbol) is { Implicit: false })
            throw new AuditException(AuditCode.Usage, "command line", "--preprocess without --data", "both or none", "Add --data SPEC.");
        var comparison = LayerFiles.Compare(first, second, settings, data, cancellation);
        if (parsed.GetValue(_report) is { } path) LayerReport.Write(comparison, path);
        if (json) terminal.Json(Schema, writer => LayerJson.Write(comparison, writer));
        else LayerText.Write(comparison, terminal.Page);
        return 0;
    }
}
