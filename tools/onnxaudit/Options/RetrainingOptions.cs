using System.CommandLine;
using OnnxAudit.Compression;
using OnnxAudit.Training;
using OnnxAudit.Training.Retraining;

namespace OnnxAudit.Cli.Options;

/// <summary>--rounds to --probes: how weights go round by round.</summary>
internal sealed class RetrainingOptions
{
    private readonly Option<int> _rounds = new("--rounds") { Description = "How often weights are removed and the rest trained", HelpName = "R", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _ramp = TrainingOptions.Choice("--ramp", "How the share removed grows to the amount", AmountRamps.Names.Keys, "geometric");
    private readonly Option<double> _start = TrainingOptions.Number("--start-amount", "Where the ramp starts", "P", 0);
    private readonly Option<int?> _final = new("--final-epochs") { Description = "Epochs of the last round, in place of --epochs", HelpName = "N" };
    private readonly Option<string?> _rewind = new("--rewind") { Description = "Set the weights left back to this earlier model's before each training", HelpName = "MODEL.onnx" };
    private readonly Option<string?> _rewindStart =
        new Option<string?>("--rewind-init") { Description = "Set them back to what train --init draws from the seed" }.AcceptOnlyFromAmong([.. ChoiceNames.Starts.Where(s => s.Value != StartingWeights.File).Select(s => s.Key)]);
    private readonly Option<string?> _keep = new("--keep-rounds") { Description = "Also write every round's model into this folder", HelpName = "DIR" };
    private readonly Option<int?> _samples = new("--samples") { Description = "For methods that take gradients: images of --data to take them over, drawn by the seed (1024; snip: 128)", HelpName = "N" };
    private readonly Option<int?> _probes = new("--probes") { Description = "Random probes of the Hessian's diagonal, 32 or more (32)", HelpName = "M" };

    /// <summary>The options in help order.</summary>
    public IReadOnlyList<Symbol> Symbols => [_rounds, _ramp, _start, _final, _rewind, _rewindStart, _keep, _samples, _probes];

    /// <summary>The rounds.</summary>
    public RetrainingSettings Settings(ParseResult parsed) => new()
    {
        Rounds = parsed.GetValue(_rounds),
        Ramp = AmountRamps.Names[parsed.GetRequiredValue(_ramp)],
        StartAmount = parsed.GetValue(_start),
        FinalEpochs = parsed.GetValue(_final),
        RewindPath = parsed.GetValue(_rewind),
        RewindStart = parsed.GetValue(_rewindStart) is { } start ? ChoiceNames.Starts[start] : null,
    };

    /// <summary>The folder of kept rounds, or null.</summary>
    public string? KeepRounds(ParseResult parsed) => parsed.GetValue(_keep);

    /// <summary>The recipe with samples and probes.</summary>
    /// <exception cref="AuditException">Usage: numbers that the method does not take.</exception>
    public MaskRecipe Recipe(ParseResult parsed, MaskRecipe recipe) => (recipe with { Samples = parsed.GetValue(_samples), Probes = parsed.GetValue(_probes) }).Validated();
}
