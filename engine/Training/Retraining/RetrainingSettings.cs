using System.Globalization;

namespace OnnxAudit.Training.Retraining;

/// <summary>The rounds of a retraining.</summary>
public sealed record RetrainingSettings
{
    private const int Most = 1000;

    /// <summary>R: how often weights are removed and the rest trained.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>How the share removed grows.</summary>
    public AmountRamp Ramp { get; init; }

    /// <summary>The share that counts as removed before the first round; only the ramp uses it.</summary>
    public double StartAmount { get; init; }

    /// <summary>Epochs of the last round; null: as many as of the others.</summary>
    public int? FinalEpochs { get; init; }

    /// <summary>The model whose weights those that are left are set back to after every removal, before training; null: none.</summary>
    public string? RewindPath { get; init; }

    /// <summary>The starting numbers they are set back to instead; null: none.</summary>
    public StartingWeights? RewindStart { get; init; }

    /// <summary>These settings, checked against the share to remove at last.</summary>
    /// <exception cref="AuditException">Usage: out of range.</exception>
    public RetrainingSettings Validated(double amount)
    {
        if (!(amount > 0 && amount < 1)) throw Bad("amount", Text(amount), "0 < amount < 1, the share of the weights removed at last");
        if (Rounds is < 1 or > Most) throw Bad("rounds", Text(Rounds), FormattableString.Invariant($"1 to {Most}"));
        if (!(StartAmount >= 0 && StartAmount < amount)) throw Bad("start amount", Text(StartAmount), FormattableString.Invariant($"0 or more, below the amount {amount}"));
        if (StartAmount > 0 && Rounds == 1) throw Bad("start amount", Text(StartAmount), "two rounds or more, which it shapes");
        if (FinalEpochs is < 1) throw Bad("final epochs", Text(FinalEpochs.Value), "1 or more");
        if (RewindPath is not null && RewindStart is not null) throw Bad("rewind", $"{RewindPath} and starting numbers", "one of the two");
        return Enum.IsDefined(Ramp) ? this : throw new ArgumentOutOfRangeException(nameof(amount), Ramp, "no such ramp");
    }

    /// <summary>The settings as lineage parameters.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters()
    {
        List<KeyValuePair<string, string>> all = [new("rounds", Text(Rounds))];
        if (Rounds > 1) all.Add(new("ramp", AmountRamps.Names.First(n => n.Value == Ramp).Key));
        if (StartAmount > 0) all.Add(new("start-amount", Text(StartAmount)));
        if (FinalEpochs is { } epochs) all.Add(new("final-epochs", Text(epochs)));
        return all;
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static AuditException Bad(string what, string found, string expected) => new(AuditCode.Usage, what, found, expected, "Change the value.");
}
