using System.Globalization;

namespace OnnxAudit.Compression;

/// <summary>What weights compete with each other for removal.</summary>
public enum MaskScope
{
    /// <summary>One pool over all prunable tensors: layers lose different shares.</summary>
    Global,

    /// <summary>A pool per tensor: every layer loses the same share, rounded down.</summary>
    Layer,
}

/// <summary>How to make masks: score, amount, scope. Checked by <see cref="Validated"/>.</summary>
public sealed record MaskRecipe
{
    /// <summary>Score that orders the weights, one of <see cref="MaskMethods.Names"/>.</summary>
    public required string Method { get; init; }

    /// <summary>Fraction REMOVED, in [0,1). Of n competing weights exactly ⌊amount·n + 1e-9⌋ go.</summary>
    public required double Amount { get; init; }

    /// <summary>N of every M weights along the input channels stay; <see cref="Amount"/> is then 1 − N/M and the scope means nothing. Null: any weights may go.</summary>
    public NmPattern? Pattern { get; init; }

    /// <summary>The .npz of method scores.</summary>
    public string? ScoresPath { get; init; }

    /// <summary>What competes with what.</summary>
    public MaskScope Scope { get; init; } = MaskScope.Global;

    /// <summary>Seed of methods that draw numbers; the others ignore it.</summary>
    public ulong Seed { get; init; }

    /// <summary>Samples that gradients are taken over, drawn by the seed; null: as the method has it. Fewer when the data holds fewer.</summary>
    public int? Samples { get; init; }

    /// <summary>Random probes of the Hessian's diagonal, at least 32; null: 32. Only for method hessian.</summary>
    public int? Probes { get; init; }

    /// <summary>What the gradients were taken over, id and digest of the data, or where the scores came from. Written down by <see cref="Over"/> and <see cref="Pruning"/>.</summary>
    public string? Data { get; init; }

    /// <summary>Patterns of what to prune; null or empty: the convention of <see cref="Prunable.Find"/>.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Patterns of what to leave whole.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>This recipe with what its gradients are taken over filled in; the same for a method of the weights alone.</summary>
    public MaskRecipe Over(GradientSource source) => MaskMethods.Find(Method).Gradient is not { } gradient ? this : this with
    {
        Samples = Math.Min(Samples ?? gradient.Samples, source.Data.Count),
        Probes = gradient.Needs == Curvature.Hessian ? Probes ?? GradientMethod.DefaultProbes : null,
        Data = source.Text,
    };

    /// <summary>This recipe, checked.</summary>
    /// <exception cref="AuditException">Usage: unknown method or scope, an amount outside [0,1), or numbers of samples or probes that are too small or mean nothing.</exception>
    public MaskRecipe Validated()
    {
        var gradient = MaskMethods.Find(Method).Gradient;
        if (!(Amount >= 0 && Amount < 1))
            throw new AuditException(AuditCode.Usage, "mask amount", AmountText, "a fraction removed, 0 <= amount < 1",
                "0.9 removes 90 % of the weights; write a percentage as a fraction.");
        if (Pattern is { } pattern && Amount != pattern.Amount)
            throw new AuditException(AuditCode.Usage, "mask amount", AmountText, FormattableString.Invariant($"{pattern.Amount}, the share that pattern {pattern} removes"), "Leave the amount out where a pattern is given.");
        if (MaskMethods.Find(Method).IsFromFile != ScoresPath is not null)
            throw new AuditException(AuditCode.Usage, "mask scores", ScoresPath is null ? "no file of scores" : $"'{ScoresPath}' for method {Method}", ScoresPath is null ? "an .npz with an array per weight" : $"method {MaskMethods.FromFile}",
                $"--scores FILE.npz goes with --method {MaskMethods.FromFile}.");
        if (!Enum.IsDefined(Scope))
            throw new AuditException(AuditCode.Usage, "mask scope", Scope.ToString(), "global or layer", "Choose one of the two.");
        if (Samples is { } samples && (samples < 1 || gradient is null)) throw Bad("samples", samples, gradient is null ? "no samples" : "at least 1");
        if (Probes is { } probes && (probes < GradientMethod.DefaultProbes || gradient?.Needs != Curvature.Hessian))
            throw Bad("probes", probes, gradient?.Needs == Curvature.Hessian ? "at least 32" : "no probes");
        return this;
    }

    private AuditException Bad(string what, int found, string expected) => new(AuditCode.Usage, $"mask {what}", found.ToString(CultureInfo.InvariantCulture),
        $"{expected} for method {Method}", "Samples go with methods that take gradients, probes with hessian.");

    /// <summary>The recipe as lineage parameters, in a fixed order: method, amount, scope or pattern, then what applies of seed, samples, probes, data, include, exclude.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters()
    {
        List<KeyValuePair<string, string>> all =
        [
            new("method", Method),
            new("amount", AmountText),
            Pattern is { } pattern ? new("pattern", pattern.ToString()) : new("scope", Scope == MaskScope.Global ? "global" : "layer"),
        ];
        if (MaskMethods.Find(Method).UsesSeed) all.Add(new("seed", Seed.ToString(CultureInfo.InvariantCulture)));
        if (Samples is { } samples) all.Add(new("samples", samples.ToString(CultureInfo.InvariantCulture)));
        if (Probes is { } probes) all.Add(new("probes", probes.ToString(CultureInfo.InvariantCulture)));
        if (Data is { } data) all.Add(new("data", data));
        if (Include is { Count: > 0 }) all.Add(new("include", string.Join(',', Include)));
        if (Exclude is { Count: > 0 }) all.Add(new("exclude", string.Join(',', Exclude)));
        return all;
    }

    private string AmountText => Amount.ToString("R", CultureInfo.InvariantCulture);
}
