namespace OnnxAudit.Training.Retraining;

/// <summary>How the share removed grows from round to round.</summary>
public enum AmountRamp
{
    /// <summary>Of what is left, every round removes the same share.</summary>
    Geometric,

    /// <summary>Every round removes as many weights.</summary>
    Linear,

    /// <summary>Many first, few at last. Source: Zhu and Gupta 2017, arXiv:1710.01878.</summary>
    Cubic,
}

/// <summary>The share removed after each round.</summary>
public static class AmountRamps
{
    /// <summary>Ramps by name.</summary>
    public static IReadOnlyDictionary<string, AmountRamp> Names { get; } =
        new Dictionary<string, AmountRamp> { ["geometric"] = AmountRamp.Geometric, ["linear"] = AmountRamp.Linear, ["cubic"] = AmountRamp.Cubic };

    /// <summary>
    /// The share removed after round r of R, from p_i to p: geometric 1 − (1 − p_i)·((1 − p)/(1 − p_i))^(r/R), linear p_i + (p − p_i)·r/R, cubic
    /// p + (p_i − p)·(1 − r/R)³. Exactly p after the last; one round is one-shot pruning by every ramp.
    /// </summary>
    /// <param name="ramp">How it grows.</param>
    /// <param name="start">p_i, the share before the first round.</param>
    /// <param name="amount">p, the share at last.</param>
    /// <param name="round">r, from 1.</param>
    /// <param name="rounds">R.</param>
    public static double At(this AmountRamp ramp, double start, double amount, int round, int rounds)
    {
        var share = (double)round / rounds;
        return round == rounds ? amount : ramp switch
        {
            AmountRamp.Linear => start + (amount - start) * share,
            AmountRamp.Cubic => amount + (start - amount) * Math.Pow(1 - share, 3),
            _ => 1 - (1 - start) * Math.Pow((1 - amount) / (1 - start), share),
        };
    }
}
