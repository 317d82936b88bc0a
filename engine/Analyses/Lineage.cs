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

    /// <summary>Operation and parameters without what tells members of one population apart (seed) or says what was looked at, not done.</summary>
    public string Treatment => string.Join(", ", [Operation ?? "compressed", .. Parameters.Where(p => p.Key is not ("seed" or "data" or "samples") && !(p.Key == "method" && Operation?.StartsWith(p.Value, StringComparison.Ordinal) == true)).Select(p => $"{p.Key} {p.Value}")]);
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
        return [.. manifest.Variants.Select(v => new LineageVariant(v.Id, Root(v.Id), v.Operation, Parameters(v)))];

        string Root(string id)
        {
            // A loop in a damaged lineage ends the walk.
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (seen.Add(id) && id != assumed && ((parents[id] is { } parent && parents.ContainsKey(parent) ? parent : null) ?? assumed) is { } next) id = next;
            return id;
        }
    }

    private static KeyValuePair<string, string>[] Parameters(VariantEntry variant)
    {
        using var document = JsonDocument.Parse(variant.ParametersJson);
        return document.RootElement.ValueKind != JsonValueKind.Object ? []
            : [.. document.RootElement.EnumerateObject().Select(p => new KeyValuePair<string, string>(p.Name, p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText()))];
    }
}
