namespace OnnxAudit.Checks;

/// <summary>What a nightly job asks of a bundle. Read from JSON by <see cref="PolicyJson"/>; described in docs/policy.md.</summary>
/// <param name="Alpha">Level of the paired tests, unless a rule has its own.</param>
/// <param name="Rules">At least one; names are unique.</param>
public sealed record Policy(double Alpha, IReadOnlyList<Rule> Rules)
{
    /// <summary>Names the format and its version.</summary>
    public const string Schema = "onnxaudit.policy/1";

    /// <summary>The level where the policy names none.</summary>
    public const double DefaultAlpha = 0.01;
}

/// <summary>One rule: a metric, where it is looked at, and what it may be.</summary>
/// <param name="Name">Unique in the policy.</param>
/// <param name="Metric">As cell.json, timing.json or the user's metrics name it.</param>
/// <param name="Cells">Which cells.</param>
/// <param name="Slice">Which samples of each cell.</param>
/// <param name="Limit">Absolute bounds, or null.</param>
/// <param name="Relative">Bounds relative to a reference cell, or null. Exactly one of the two is set.</param>
/// <param name="Alpha">Level of this rule's paired tests.</param>
public sealed record Rule(string Name, string Metric, CellSelector Cells, SliceSelector Slice, Limit? Limit, RelativeLimit? Relative, double Alpha)
{
    /// <summary>The metric that is a mean of per-sample correctness, so that paired tests apply.</summary>
    public const string CorrectnessMetric = "accuracy";

    /// <summary>True when a loss counts only if a paired test confirms it.</summary>
    public bool IsPaired => Metric == CorrectnessMetric && Relative is { HasDrop: true };
}

/// <summary>Cells whose variant, suite and device each match one of the patterns. A pattern that matches no cell makes the rule fail.</summary>
public sealed record CellSelector(IReadOnlyList<string> Variants, IReadOnlyList<string> Suites, IReadOnlyList<string> Devices);

/// <summary>Samples within a cell.</summary>
/// <param name="Kind">"all", "class" or "group".</param>
/// <param name="Pattern">Pattern over class or group names; "" for "all".</param>
public sealed record SliceSelector(string Kind, string Pattern)
{
    /// <summary>Every sample.</summary>
    public static readonly SliceSelector All = new("all", "");
}

/// <summary>Bounds that are still allowed; null for none.</summary>
public sealed record Limit(double? Min, double? Max);

/// <summary>How far a value may move from its reference r. On accuracy a drop is also subject to the paired test, and its bound is the margin δ.</summary>
/// <param name="ReferenceVariant">Null: the same cell of the baseline bundle. Else: this variant of the same bundle, same suite and device.</param>
/// <param name="MaxDrop">value ≥ r − MaxDrop.</param>
/// <param name="MaxRise">value ≤ r + MaxRise.</param>
/// <param name="MaxDropRatio">value ≥ r − MaxDropRatio·|r|.</param>
/// <param name="MaxRiseRatio">value ≤ r + MaxRiseRatio·|r|.</param>
public sealed record RelativeLimit(string? ReferenceVariant, double? MaxDrop, double? MaxRise, double? MaxDropRatio, double? MaxRiseRatio)
{
    /// <summary>True when a drop is bounded.</summary>
    public bool HasDrop => MaxDrop is not null || MaxDropRatio is not null;

    /// <summary>The absolute bounds this means for reference <paramref name="reference"/>; the tighter one where two are given.</summary>
    public Limit Around(double reference) => new(
        Tighter(reference - MaxDrop, reference - MaxDropRatio * Math.Abs(reference), Math.Max),
        Tighter(reference + MaxRise, reference + MaxRiseRatio * Math.Abs(reference), Math.Min));

    private static double? Tighter(double? a, double? b, Func<double, double, double> choose) => a is { } x && b is { } y ? choose(x, y) : a ?? b;
}
