namespace OnnxAudit.Training;

/// <summary>The rule that turns gradients into steps.</summary>
public enum OptimiserKind
{
    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>Adam; weight decay is part of the gradient.</summary>
    Adam,

    /// <summary>Adam with weight decay apart from the gradient.</summary>
    AdamW,
}

/// <summary>An optimiser's constants, with PyTorch's meaning and, but for the momentum, its defaults.</summary>
public sealed record OptimiserSettings
{
    /// <summary>The rule.</summary>
    public OptimiserKind Kind { get; init; } = OptimiserKind.Sgd;

    /// <summary>Momentum of SGD, in [0,1).</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Nesterov's form of the momentum.</summary>
    public bool Nesterov { get; init; }

    /// <summary>λ of weight decay, on every trained tensor, normalisation and biases included.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Decay of Adam's mean of gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of Adam's mean of squared gradients.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of Adam's second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Largest global norm of a step's gradients; larger ones are scaled down to it. Null: no limit.</summary>
    public double? Clip { get; init; }

    /// <summary>These settings, checked.</summary>
    /// <exception cref="AuditException">Usage: a constant out of range.</exception>
    public OptimiserSettings Validated()
    {
        if (!Enum.IsDefined(Kind)) throw Bad("optimizer", (double)Kind, "sgd, adam or adamw");
        if (!(Momentum is >= 0 and < 1)) throw Bad("momentum", Momentum, "0 <= momentum < 1");
        if (Nesterov && Momentum == 0) throw Bad("momentum", Momentum, "a momentum above 0 with Nesterov's form");
        if (!(WeightDecay >= 0 && double.IsFinite(WeightDecay))) throw Bad("weight decay", WeightDecay, "0 or more");
        if (!(Beta1 is >= 0 and < 1)) throw Bad("beta1", Beta1, "0 <= beta1 < 1");
        if (!(Beta2 is >= 0 and < 1)) throw Bad("beta2", Beta2, "0 <= beta2 < 1");
        if (!(Epsilon > 0 && double.IsFinite(Epsilon))) throw Bad("epsilon", Epsilon, "a number above 0");
        if (Clip is { } clip && !(clip > 0 && double.IsFinite(clip))) throw Bad("clip", clip, "a number above 0");
        return this;
    }

    private static AuditException Bad(string what, double found, string expected) =>
        new(AuditCode.Usage, what, FormattableString.Invariant($"{found}"), expected, "Change the value.");
}
