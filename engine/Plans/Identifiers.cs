using System.Globalization;
using OnnxAudit.Compression;

namespace OnnxAudit.Plans;

/// <summary>Ids for variants and suites: readable, stable, fit for folder names.</summary>
public static class Identifiers
{
    /// <summary>Letters, digits, '.', '_' and '-' kept; every other run of characters becomes one '-'.</summary>
    public static string Slug(string text)
    {
        var kept = new System.Text.StringBuilder(text.Length);
        foreach (var c in text)
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '_') kept.Append(c);
            else if (kept.Length > 0 && kept[^1] != '-') kept.Append('-');
        var slug = kept.ToString().Trim('-', '.');
        return slug.Length == 0 ? "unnamed" : slug;
    }

    /// <summary>A model file's id: its name without extension.</summary>
    public static string OfModel(string path) => Slug(Path.GetFileNameWithoutExtension(path));

    /// <summary>A DATA SPEC's id: its kind, the name of its file or folder where that says more, and its fragment: "cifar10-test-0-2000", "idx-t10k-images".</summary>
    public static string OfSuite(string spec)
    {
        var colon = spec.IndexOf(':', StringComparison.Ordinal);
        var (kind, rest) = colon < 0 ? ("data", spec) : (spec[..colon], spec[(colon + 1)..]);
        var hash = rest.IndexOf('#', StringComparison.Ordinal);
        var (source, fragment) = hash < 0 ? (rest, "") : (rest[..hash], rest[(hash + 1)..]);
        var file = Path.GetFileName(source.Split(',')[0].TrimEnd('/', '\\'));
        var name = file.Split('.')[0] is { Length: > 0 } stem && kind is "idx" or "npy" ? stem : file;
        return Slug(name.Length == 0 || name == kind ? $"{kind} {fragment}" : $"{kind} {name} {fragment}");
    }

    /// <summary>A masked variant's id: model, method, amount, then scope and seed where they are not the usual ones.</summary>
    public static string OfVariant(string modelId, MaskRecipe mask)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{modelId}-{mask.Method}-");
        id += mask.Pattern is { } pattern ? string.Create(CultureInfo.InvariantCulture, $"{pattern.Kept}of{pattern.Of}") : string.Create(CultureInfo.InvariantCulture, $"{mask.Amount:0.00##}");
        if (mask.Pattern is null && mask.Scope != MaskScope.Global) id += "-layer";
        if (mask.Method == "random") id += string.Create(CultureInfo.InvariantCulture, $"-s{mask.Seed}");
        return Slug(id);
    }

    /// <summary>Makes ids unique in order: a taken one gets its folder's name in front, then a number behind.</summary>
    public static IReadOnlyList<string> OfModels(IReadOnlyList<string> paths)
    {
        var ids = paths.Select(OfModel).ToArray();
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids.Count(id => id == ids[i]) < 2) continue;
            var same = Enumerable.Range(0, ids.Length).Where(j => ids[j] == ids[i]).ToArray();
            var longer = same.Select(j => Slug($"{Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(paths[j])))}-{ids[j]}")).ToArray();
            var distinct = longer.Distinct().Count() == longer.Length;
            for (var k = 0; k < same.Length; k++)
                ids[same[k]] = distinct ? longer[k] : string.Create(CultureInfo.InvariantCulture, $"{ids[same[k]]}.{k + 1}");
        }

        return ids;
    }
}
