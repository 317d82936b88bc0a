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

    /// <summary>What competes with what.</summary>
    public MaskScope Scope { get; init; } = MaskScope.Global;

    /// <summary>Seed of methods that draw numbers; the others ignore it.</summary>
    public ulong Seed { get; init; }

    /// <summary>Patterns of what to prune; null or empty: the convention of <see cref="Prunable.Find"/>.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Patterns of what to leave whole.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>This recipe, checked.</summary>
    /// <exception cref="AuditException">Usage: unknown method or scope, or an amount outside [0,1).</exception>
    public MaskRecipe Validated()
    {
        _ = MaskMethods.Find(Method);
        if (!(Amount >= 0 && Amount < 1))
            throw new AuditException(AuditCode.Usage, "mask amount", AmountText, "a fraction removed, 0 <= amount < 1",
                "0.9 removes 90 % of the weights; write a percentage as a fraction.");
        if (!Enum.IsDefined(Scope))
            throw new AuditException(AuditCode.Usage, "mask scope", Scope.ToString(), "global or layer", "Choose one of the two.");
        return this;
    }

    /// <summary>The recipe as lineage parameters, in a fixed order: method, amount, scope, then what applies of seed, include, exclude.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters()
    {
        List<KeyValuePair<string, string>> all =
        [
            new("method", Method),
            new("amount", AmountText),
            new("scope", Scope == MaskScope.Global ? "global" : "layer"),
        ];
        if (MaskMethods.Find(Method).UsesSeed) all.Add(new("seed", Seed.ToString(CultureInfo.InvariantCulture)));
        if (Include is { Count: > 0 }) all.Add(new("include", string.Join(',', Include)));
        if (Exclude is { Count: > 0 }) all.Add(new("exclude", string.Join(',', Exclude)));
        return all;
    }

    private string AmountText => Amount.ToString("R", CultureInfo.InvariantCulture);
}
