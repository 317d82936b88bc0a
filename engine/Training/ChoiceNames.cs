namespace OnnxAudit.Training;

/// <summary>Names of choices, as command lines and recipes write them.</summary>
public static class ChoiceNames
{
    /// <summary>Optimisers by name.</summary>
    public static IReadOnlyDictionary<string, OptimiserKind> Optimisers { get; } =
        new Dictionary<string, OptimiserKind> { ["sgd"] = OptimiserKind.Sgd, ["adam"] = OptimiserKind.Adam, ["adamw"] = OptimiserKind.AdamW };

    /// <summary>Schedules by name.</summary>
    public static IReadOnlyDictionary<string, ScheduleKind> Schedules { get; } = new Dictionary<string, ScheduleKind>
    {
        ["constant"] = ScheduleKind.Constant,
        ["step"] = ScheduleKind.Step,
        ["cosine"] = ScheduleKind.Cosine,
        ["one-cycle"] = ScheduleKind.OneCycle,
    };

    /// <summary>Starting weights by name.</summary>
    public static IReadOnlyDictionary<string, StartingWeights> Starts { get; } =
        new Dictionary<string, StartingWeights> { ["file"] = StartingWeights.File, ["he"] = StartingWeights.He, ["he-fan-in"] = StartingWeights.HeFanIn };

    /// <summary>The name of an optimiser.</summary>
    public static string Of(OptimiserKind kind) => Optimisers.First(p => p.Value == kind).Key;

    /// <summary>The name of a schedule.</summary>
    public static string Of(ScheduleKind kind) => Schedules.First(p => p.Value == kind).Key;

    /// <summary>The name of starting weights.</summary>
    public static string Of(StartingWeights start) => Starts.First(p => p.Value == start).Key;
}
