using System.Globalization;
using System.Text.Json;
using OnnxAudit.Bundles;

namespace OnnxAudit.Analyses;

/// <summary>A variant as its recipe tells it.</summary>
/// <param name="Id">Unique in the bundle.</param>
/// <param name="Root">The variant at the top of its lineage; itself for one without a parent.</param>
/// <param name="Operation">What made it; null for a root whose making is unknown.</param>
/// <param name="Parameters">Of the operation, in the file's order.</param>
public sealed record LineageVariant(string Id, string Root, string? Operation, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    /// <summary>True for a variant that was made from another one of the bundle.</summary>
    public bool IsCompressed => Root != Id;

    /// <summary>Fraction of weights removed; NaN when the recipe names none.</summary>
    public double Amount => double.TryParse(Parameter("amount"), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) ? amount : double.NaN;

    /// <summary>A parameter's value, or null.</summary>
    public string? Parameter(string name) => Parameters.FirstOrDefault(p => p.Key == name).Value;

    /// <summary>What was done to the root, step by step: members of one population share it.</summary>
    public string Treatment => string.Join(" → ", Steps);

    /// <summary>The steps from the root (without it, unless it is the root) to this variant, each as <see cref="Step"/> has it.</summary>
    internal IReadOnlyList<string> Steps { get; init; } = [];

    /// <summary>Operation and parameters without what tells members of one population apart (seed), what was looked at, and what came out.</summary>
    internal string Step => string.Join(", ", [Operation ?? "compressed", .. Parameters.Where(IsDecision).Select(p => $"{p.Key} {p.Value}")]);

    private static readonly string[] NoDecisions = ["seed", "data", "test", "samples", "masks", "epoch", "threads", "runtime"];

    // What came out is told by round and by layer: "round.2.accuracy", "layer conv1.weight".
    private bool IsDecision(KeyValuePair<string, string> parameter) =>
        !NoDecisions.Contains(parameter.Key) && !parameter.Key.StartsWith("round.", StringComparison.Ordinal) && !parameter.Key.StartsWith("layer ", StringComparison.Ordinal)
        && !(parameter.Key == "method" && Operation?.StartsWith(parameter.Value, StringComparison.Ordinal) == true);
}

/// <summary>The variants of a bundle by lineage.</summary>
public static class Lineage
{
    /// <summary>The variants in plan order. With <paramref name="assumed"/>, one whose parent is not in the bundle counts as made from that variant.</summary>
    /// <exception cref="AuditException">Usage: the bundle has no variant of the assumed name.</exception>
    public static IReadOnlyList<LineageVariant> Of(BundleManifest manifest, string? assumed = null)
    {
        var parents = manifest.Variants.ToDictionary(v => v.Id, v => v.Parent, StringComparer.Ordinal);
        if (assumed is not null && !parents.ContainsKey(assumed))
            throw new AuditException(AuditCode.Usage, "--base", $"'{assumed}'", string.Join(", ", parents.Keys), "Name a variant of the bundle.");
        var alone = manifest.Variants.ToDictionary(v => v.Id, v => new LineageVariant(v.Id, Way(v.Id)[^1], v.Operation, Parameters(v)), StringComparer.Ordinal);
        return [.. manifest.Variants.Select(v => alone[v.Id] with { Steps = [.. Way(v.Id).SkipLast(alone[v.Id].IsCompressed ? 1 : 0).Reverse().Select(id => alone[id].Step)] })];

        // From a variant up to its root. A loop in a damaged lineage ends the walk.
        List<string> Way(string id)
        {
            var way = new List<string> { id };
            while (id != assumed && ((parents[id] is { } parent && parents.ContainsKey(parent) ? parent : null) ?? assumed) is { } next && !way.Contains(next)) way.Add(id = next);
            return way;
        }
    }

    private static KeyValuePair<string, string>[] Parameters(VariantEntry variant)
    {
        using var document = JsonDocument.Parse(variant.ParametersJson);
        return document.RootElement.ValueKind != JsonValueKind.Object ? []
            : [.. document.RootElement.EnumerateObject().Select(p => new KeyValuePair<string, string>(p.Name, p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText()))];
    }
}
