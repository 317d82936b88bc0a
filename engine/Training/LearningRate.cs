namespace OnnxAudit.Training;

/// <summary>How the learning rate goes.</summary>
public enum ScheduleKind
{
    /// <summary>The same to the end.</summary>
    Constant,

    /// <summary>Times a factor at every milestone, an epoch.</summary>
    Step,

    /// <summary>½(1 + cos(π·share done)).</summary>
    Cosine,

    /// <summary>Up from 1/25 to 1 over the first 30 %, down to 1/250,000 over the rest, both on cosines; PyTorch's OneCycleLR, without its cycle of the momentum.</summary>
    OneCycle,
}

/// <summary>The learning rate of every step.</summary>
public sealed record LearningRate
{
    private const double OneCycleRise = 0.3, OneCycleStart = 25, OneCycleEnd = 25 * 1e4;

    /// <summary>The largest rate, which a constant one keeps.</summary>
    public required double Peak { get; init; }

    /// <summary>How it goes after the warm-up.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Constant;

    /// <summary>Epochs before which the rate rises linearly: at step t of W it is (t + 1)/W of the peak. May be a fraction.</summary>
    public double WarmUp { get; init; }

    /// <summary>Epochs after which a step schedule multiplies, counted from the start.</summary>
    public IReadOnlyList<int> Milestones { get; init; } = [];

    /// <summary>What it multiplies by.</summary>
    public double Factor { get; init; } = 0.1;

    /// <summary>These settings, checked.</summary>
    /// <exception cref="AuditException">Usage: out of range, or settings that the schedule does not take.</exception>
    public LearningRate Validated(int epochs)
    {
        if (!(Peak > 0 && double.IsFinite(Peak))) throw Bad("learning rate", FormattableString.Invariant($"{Peak}"), "a number above 0");
        if (!(WarmUp >= 0 && WarmUp < epochs)) throw Bad("warm-up", FormattableString.Invariant($"{WarmUp} epochs"), FormattableString.Invariant($"0 or more, fewer than the {epochs} of the run"));
        if (WarmUp > 0 && Kind == ScheduleKind.OneCycle) throw Bad("warm-up", FormattableString.Invariant($"{WarmUp} epochs"), "none with one-cycle, which rises by itself");
        if (Kind == ScheduleKind.Step != Milestones.Count > 0) throw Bad("milestones", Milestones.Count == 0 ? "none" : string.Join(',', Milestones), "some with the step schedule, none with others");
        if (Milestones.Any(m => m < 1) || Milestones.Zip(Milestones.Skip(1)).Any(p => p.First >= p.Second)) throw Bad("milestones", string.Join(',', Milestones), "rising epochs from 1 on");
        if (!(Factor > 0 && Factor < 1)) throw Bad("factor", FormattableString.Invariant($"{Factor}"), "0 < factor < 1");
        return this;
    }

    /// <summary>The rate of a step, counted from 0 over the whole run.</summary>
    /// <param name="step">Which one.</param>
    /// <param name="perEpoch">Steps of an epoch.</param>
    /// <param name="epochs">Epochs of the run.</param>
    public double At(long step, int perEpoch, int epochs)
    {
        var warm = (long)Math.Round(WarmUp * perEpoch);
        if (step < warm) return Peak * (step + 1) / warm;
        var total = (long)perEpoch * epochs;
        return Kind switch
        {
            ScheduleKind.Step => Peak * Math.Pow(Factor, Milestones.Count(m => step >= (long)m * perEpoch)),
            ScheduleKind.Cosine => Peak * Eased(1, 0, (double)(step - warm) / (total - warm)),
            ScheduleKind.OneCycle => Peak * Cycle(step, total),
            _ => Peak,
        };
    }

    private static double Cycle(long step, long total)
    {
        var (top, end) = (OneCycleRise * total - 1, (double)total - 1);
        return step <= top ? Eased(1 / OneCycleStart, 1, step / top) : Eased(1, 1 / OneCycleEnd, (step - top) / (end - top));
    }

    // From one number to another on half a cosine.
    private static double Eased(double from, double to, double share) => to + (from - to) / 2 * (1 + Math.Cos(Math.PI * share));

    private static AuditException Bad(string what, string found, string expected) => new(AuditCode.Usage, what, found, expected, "Change the value.");
}
