using System.Globalization;
using OnnxAudit.Compression;

namespace OnnxAudit.Training.Tickets;

/// <summary>Every decision of a ticket search beside the training of its scores.</summary>
public sealed record TicketSettings
{
    private const int UsualRamp = 10;
    private const double RampStart = 0.5;

    /// <summary>Fraction REMOVED, in [0,1): of n competing weights exactly ⌊amount·n + 1e-9⌋.</summary>
    public required double Amount { get; init; }

    /// <summary>What becomes of the kept weights.</summary>
    public TicketMethod Method { get; init; } = TicketMethod.Biprop;

    /// <summary>What competes: each layer's weights, or all.</summary>
    public MaskScope Scope { get; init; } = MaskScope.Layer;

    /// <summary>What the weights are drawn from.</summary>
    public TicketWeightKind Weights { get; init; } = TicketWeightKind.SignedConstant;

    /// <summary>How their deviation makes up for the removed.</summary>
    public FanScale Scale { get; init; } = FanScale.Paper;

    /// <summary>
    /// Epochs in which a global amount above 0.5 grows from 0.5 on a cubic; 0: none. Null: 10, or all epochs but the last where there are fewer.
    /// </summary>
    public int? Ramp { get; init; }

    /// <summary>Whether scales and shifts of normalisations are trained with the scores; they stay 1 and 0 otherwise.</summary>
    public bool LearnNorms { get; init; }

    /// <summary>These settings, checked for a run and with its ramp filled in.</summary>
    /// <exception cref="AuditException">Usage: out of range, or settings that contradict each other.</exception>
    public TicketSettings For(TrainingSettings training)
    {
        if (!(Amount is >= 0 and < 1)) throw Bad("ticket amount", Number(Amount), "a fraction removed, 0 <= amount < 1", "0.9 removes 90 % of the weights; write a percentage as a fraction.");
        if (Scale == FanScale.Code && Amount == 0) throw Bad("ticket scale", "code with amount 0, a deviation without end", "an amount above 0", "Choose scale paper or none.");
        if (training.Held != HeldWeights.None) throw Bad("ticket", "weights held at 0", "scores that decide alone", "Leave the masks out.");
        var ramped = Scope == MaskScope.Global && Amount > 1 - RampStart;
        if (Ramp is { } given && (given < 0 || given >= training.Epochs))
            throw Bad("ticket ramp", Number(given), FormattableString.Invariant($"0 to {training.Epochs - 1} epochs, fewer than the run has"), "The last epoch must have the amount asked for.");
        if (Ramp > 0 && !ramped) throw Bad("ticket ramp", Number(Ramp.Value), "scope global and an amount above 0.5", "Leave the ramp out: there is nothing to grow.");
        var ramp = ramped ? Ramp ?? Math.Min(UsualRamp, training.Epochs - 1) : 0;
        if (ramp > 0 && training.Patience is not null) throw Bad("early stop", "a ramp, whose first epochs keep more weights", "no ramp", "Add --ramp 0, or train to the end.");
        return this with { Ramp = ramp };
    }

    /// <summary>Fraction removed in an epoch, counted from 0: p(e) = 1 − (κ + (0.5 − κ)(1 − e/E)³) with κ = 1 − amount, for e below the ramp's E.</summary>
    public double AmountAt(int epoch)
    {
        if (Ramp is not { } ramp || epoch >= ramp) return Amount;
        var (kept, rest) = (1 - Amount, 1 - (double)epoch / ramp);
        return 1 - (kept + (RampStart - kept) * rest * rest * rest);
    }

    /// <summary>Standard deviation of the weights of a layer.</summary>
    public double Deviation(long fanIn) => Math.Sqrt(2 / (fanIn * Scale switch { FanScale.Paper => 1 - Amount, FanScale.Code => Amount, _ => 1 }));

    /// <summary>The settings as lineage parameters, in a fixed order; what is off is left out.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters()
    {
        List<KeyValuePair<string, string>> all =
        [
            new("method", TicketNames.Of(Method)), new("amount", Number(Amount)), new("scope", Scope == MaskScope.Global ? "global" : "layer"),
            new("weights", TicketNames.Of(Weights)), new("scale", TicketNames.Of(Scale)),
        ];
        if (Ramp is > 0 and var ramp) all.Add(new("ramp", Number(ramp)));
        if (LearnNorms) all.Add(new("learn-batchnorm", "true"));
        return all;
    }

    private static string Number(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static AuditException Bad(string where, string found, string expected, string fix) => new(AuditCode.Usage, where, found, expected, fix);
}
