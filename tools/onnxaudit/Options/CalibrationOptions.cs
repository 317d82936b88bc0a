using System.CommandLine;
using OnnxAudit.Compression.Quantisation;

namespace OnnxAudit.Cli.Options;

/// <summary>--data, --method, --percentile, --samples, --batch, --symmetric, --seed: how ranges of activations are found.</summary>
internal sealed class CalibrationOptions
{
    private readonly Option<string?> _data = new("--data") { Description = "Images to calibrate on, training images by rights; labels are not used", HelpName = "SPEC" };
    private readonly Option<string> _method = new("--method") { Description = "How ranges of activations are chosen", DefaultValueFactory = _ => "minmax" };
    private readonly Option<double> _percentile = new("--percentile") { Description = "Per cent of the values that --method percentile keeps", HelpName = "P", DefaultValueFactory = _ => 99.99 };
    private readonly Option<int> _samples = new("--samples") { Description = "Samples to calibrate on, drawn by the seed", HelpName = "N", DefaultValueFactory = _ => 512 };
    private readonly Option<int> _batch = new("--batch") { Description = "Samples that run together", HelpName = "N", DefaultValueFactory = _ => 32 };
    private readonly Option<bool> _symmetric = new("--symmetric") { Description = "Activations as symmetric int8 in place of asymmetric uint8" };
    private readonly Option<ulong> _seed = SharedOptions.Seed();

    /// <summary>Options with their methods.</summary>
    public CalibrationOptions() => _method.AcceptOnlyFromAmong([.. CalibrationMethods.Names.Keys]);

    /// <summary>The options in help order.</summary>
    public IReadOnlyList<Option> Symbols => [_data, _method, _percentile, _samples, _batch, _symmetric, _seed];

    /// <summary>The data.</summary>
    /// <exception cref="AuditException">Usage: none was named.</exception>
    public string Data(ParseResult parsed) => parsed.GetValue(_data)
        ?? throw new AuditException(AuditCode.Usage, "command line", $"--code {WeightCodes.Calibrated} without --data", "images to calibrate on", "Add --data SPEC, or choose a --code that needs none.");

    /// <summary>The choices made here.</summary>
    public QuantisationRequest Choose(ParseResult parsed, QuantisationRequest request) => request with
    {
        Method = CalibrationMethods.Names[parsed.GetRequiredValue(_method)],
        Percentile = parsed.GetValue(_percentile),
        Samples = parsed.GetValue(_samples),
        Batch = parsed.GetValue(_batch),
        SymmetricActivations = parsed.GetValue(_symmetric),
        Seed = parsed.GetValue(_seed),
    };
}
