using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using OnnxAudit.Compression;
using OnnxAudit.Training.Tickets;

namespace OnnxAudit.Cli.Options;

/// <summary>--amount to --learn-batchnorm: what ticket to search.</summary>
internal sealed class TicketOptions
{
    private readonly Option<double> _amount = new("--amount") { Description = "Fraction of the weights to remove, in [0,1)", HelpName = "P", Required = true, CustomParser = Parsed };
    private readonly Option<string> _method = Choice("--method", "What the kept weights become: their signs times one mean a layer (biprop), or what they are", TicketNames.Methods.Keys, "biprop");
    private readonly Option<string> _scope = Choice("--scope", "What competes: each layer's own weights, or all", ["layer", "global"], "layer");
    private readonly Option<string> _weights = Choice("--weights", "What the weights are drawn from", TicketNames.Weights.Keys, "signed-constant");
    private readonly Option<string> _scale = Choice("--scale-fan", "How their deviation makes up for the removed: sqrt(2/fan) (none), fan times the kept share (paper), times the removed share (code)", TicketNames.Scales.Keys, "paper");
    private readonly Option<int?> _ramp = new("--ramp") { Description = "Epochs in which a global amount above 0.5 grows from there, on a cubic; 10 by default, 0 for none", HelpName = "N" };
    private readonly Option<bool> _norms = new("--learn-batchnorm") { Description = "Train scale and shift of batch normalisation with the scores" };

    /// <summary>The options in help order.</summary>
    public IReadOnlyList<Symbol> Symbols => [_amount, _method, _scope, _weights, _scale, _ramp, _norms];

    /// <summary>The settings; <see cref="TicketSettings.For"/> checks them.</summary>
    public TicketSettings Settings(ParseResult parsed) => new()
    {
        Amount = parsed.GetValue(_amount),
        Method = TicketNames.Methods[parsed.GetRequiredValue(_method)],
        Scope = parsed.GetValue(_scope) == "global" ? MaskScope.Global : MaskScope.Layer,
        Weights = TicketNames.Weights[parsed.GetRequiredValue(_weights)],
        Scale = TicketNames.Scales[parsed.GetRequiredValue(_scale)],
        Ramp = parsed.GetValue(_ramp),
        LearnNorms = parsed.GetValue(_norms),
    };

    private static Option<string> Choice(string name, string what, IEnumerable<string> choices, string fallback) =>
        new Option<string>(name) { Description = what, DefaultValueFactory = _ => fallback }.AcceptOnlyFromAmong([.. choices]);

    // Read with a decimal point whatever the system's culture.
    private static double Parsed(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) result.AddError($"--amount: found '{text}'; expected a number with a decimal point.");
        return value;
    }
}
