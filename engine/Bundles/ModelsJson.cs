using System.Text.Json;

namespace OnnxAudit.Bundles;

/// <summary>
/// models.json: the lineage with top-line metrics, in the shape Compress and Compare reads (<see cref="ModelList"/>).
/// A metric is named as in cell.json; where a variant has several cells, "metric @ suite" or "metric @ suite, device".
/// </summary>
internal static class ModelsJson
{
    internal static byte[] Write(BundleManifest manifest, IReadOnlyList<BundleCell> cells)
    {
        var ids = manifest.Variants.Select(v => v.Id).ToHashSet(StringComparer.Ordinal);
        return ModelListWriter.Write(new ModelList([], [], [.. manifest.Variants.Select(v =>
            new ListedModel(v.Id, v.Parent is { } parent && ids.Contains(parent) ? parent : null, v.Operation, Parameters(v), Metrics(manifest, v, cells)))]));
    }

    private static List<KeyValuePair<string, double>> Metrics(BundleManifest manifest, VariantEntry variant, IReadOnlyList<BundleCell> cells)
    {
        var suites = manifest.Cells.Select(c => c.Suite).Distinct(StringComparer.Ordinal).Count();
        var devices = manifest.Cells.Select(c => c.Device).Distinct(StringComparer.Ordinal).Count();
        var found = new List<KeyValuePair<string, double>>();
        foreach (var cell in cells.Where(c => c.Cell.Variant == variant.Id))
        {
            var place = (suites > 1, devices > 1) switch
            {
                (false, false) => "",
                (true, false) => $" @ {cell.Cell.Suite}",
                (false, true) => $" @ {cell.Cell.Device}",
                _ => $" @ {cell.Cell.Suite}, {cell.Cell.Device}",
            };
            foreach (var (name, value) in cell.Result.Slices.FirstOrDefault(s => s.Kind == "all")?.Metrics ?? [])
                if (double.IsFinite(value)) found.Add(new(name + place, value));
        }

        var taken = found.Select(m => m.Key).ToHashSet(StringComparer.Ordinal);
        found.AddRange(variant.Metrics.Where(m => double.IsFinite(m.Value) && taken.Add(m.Key)));
        return found;
    }

    private static KeyValuePair<string, JsonElement>[] Parameters(VariantEntry variant)
    {
        using var document = JsonDocument.Parse(variant.ParametersJson);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return [];
        return [.. document.RootElement.EnumerateObject().Select(p => new KeyValuePair<string, JsonElement>(p.Name, p.Value.Clone()))];
    }
}
