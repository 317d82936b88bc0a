namespace OnnxAudit.Checks;

/// <summary>How a rule came out at one cell and slice.</summary>
public enum VerdictStatus
{
    /// <summary>Within bounds, or a loss the paired test does not confirm.</summary>
    Pass,

    /// <summary>A bound is broken (for a paired rule: and the test confirms it).</summary>
    Fail,

    /// <summary>The rule could not be looked at: cell, metric, slice or reference is missing, undefined or not comparable. Counts like a failure.</summary>
    Error,

    /// <summary>Worse than the margin, but too few discordant pairs for the test to reach its level.</summary>
    Inconclusive,
}

/// <summary>The paired test behind a verdict.</summary>
/// <param name="Pairs">Samples compared.</param>
/// <param name="Lost">Right in the reference, wrong here.</param>
/// <param name="Gained">Wrong in the reference, right here.</param>
/// <param name="P">Exact one-sided McNemar p.</param>
/// <param name="AdjustedP">After Holm over all paired tests of the policy.</param>
/// <param name="Alpha">Level.</param>
public sealed record PairedTest(int Pairs, int Lost, int Gained, double P, double AdjustedP, double Alpha);

/// <summary>One rule at one cell and slice.</summary>
public sealed record Verdict
{
    /// <summary>Rule name.</summary>
    public required string Rule { get; init; }

    /// <summary>Metric name.</summary>
    public required string Metric { get; init; }

    /// <summary>Cell id; for a selector that matches nothing, the selector.</summary>
    public required string Cell { get; init; }

    /// <summary>"all", "class" or "group".</summary>
    public required string SliceKind { get; init; }

    /// <summary>Class or group name, or the pattern when none matched; empty for "all".</summary>
    public required string SliceName { get; init; }

    /// <summary>How it came out.</summary>
    public required VerdictStatus Status { get; init; }

    /// <summary>What happened, a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>The metric's value; null when there is none.</summary>
    public double? Observed { get; init; }

    /// <summary>Smallest value allowed; null for no bound.</summary>
    public double? Min { get; init; }

    /// <summary>Largest value allowed; null for no bound.</summary>
    public double? Max { get; init; }

    /// <summary>The reference's value, for a relative rule.</summary>
    public double? Reference { get; init; }

    /// <summary>The paired test, where one was made.</summary>
    public PairedTest? Test { get; init; }

    /// <summary>"cell × rule", with the slice unless it is all samples.</summary>
    public string Name => SliceKind == "all" ? $"{Cell} × {Rule}" : $"{Cell} × {Rule} [{SliceKind} {SliceName}]";
}
