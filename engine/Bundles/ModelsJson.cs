using System.Text.Json;
using OnnxAudit.Files;

namespace OnnxAudit.Bundles;

/// <summary>
/// models.json: the lineage with top-line metrics, in the shape Compress and Compare reads: operations, metrics, models.
/// A metric is named as in cell.json; where a variant has several cells, "metric @ suite" or "metric @ suite, device".
/// </summary>
internal static class ModelsJson
{
    internal const string Schema = "onnxaudit.models/1";

    internal static byte[] Write(BundleManifest manifest, IReadOnlyList<BundleCell> cells)
    {
        var metrics = manifest.Variants.ToDictionary(v => v.Id, v => Metrics(manifest, v, cells), StringComparer.Ordinal);
        return JsonText.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            WriteOperations(json, manifest.Variants);
            WriteMetricNames(json, metrics.Values.SelectMany(m => m).Select(m => m.Key).Distinct(StringComparer.Ordinal));
            json.WriteStartArray("models");
            foreach (var variant in manifest.Variants) WriteModel(json, variant, metrics[variant.Id], manifest.Variants);
            json.WriteEndArray();
            json.WriteEndObject();
        });
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

    private static void WriteOperations(Utf8JsonWriter json, IReadOnlyList<VariantEntry> variants)
    {
        json.WriteStartArray("operations");
        foreach (var operation in variants.Where(v => v.Operation is not null).GroupBy(v => v.Operation!, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("name", operation.Key);
            json.WriteStartObject("parameters");
            foreach (var parameter in operation.SelectMany(Parameters).GroupBy(p => p.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject(parameter.Key);
                WriteRange(json, [.. parameter.Select(p => p.Value)]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRange(Utf8JsonWriter json, JsonElement[] values)
    {
        if (values.All(v => v.ValueKind == JsonValueKind.Number))
        {
            json.WriteString("type", "continuous");
            json.WriteNumber("min", values.Min(v => v.GetDouble()));
            json.WriteNumber("max", values.Max(v => v.GetDouble()));
            return;
        }

        json.WriteString("type", "nominal");
        json.WriteStartArray("options");
        foreach (var option in values.Select(v => v.ValueKind == JsonValueKind.String ? v.GetString()! : v.GetRawText()).Distinct(StringComparer.Ordinal))
            json.WriteStringValue(option);
        json.WriteEndArray();
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Parameters(VariantEntry variant)
    {
        using var document = JsonDocument.Parse(variant.ParametersJson);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return [];
        return [.. document.RootElement.EnumerateObject().Select(p => new KeyValuePair<string, JsonElement>(p.Name, p.Value.Clone()))];
    }

    private static void WriteMetricNames(Utf8JsonWriter json, IEnumerable<string> names)
    {
        json.WriteStartArray("metrics");
        foreach (var name in names)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            var bare = name.Split(" @ ")[0];
            if (bare == "accuracy") json.WriteBoolean("primary", true);
            if (bare is "accuracy" or "sparsity") json.WriteString("format", ".2%");
            if (bare.EndsWith("_ms", StringComparison.Ordinal)) json.WriteString("unit", "ms");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteModel(Utf8JsonWriter json, VariantEntry variant, List<KeyValuePair<string, double>> metrics, IReadOnlyList<VariantEntry> all)
    {
        json.WriteStartObject();
        json.WriteString("id", variant.Id);
        json.WriteTextOrNull("base", all.Any(v => v.Id == variant.Parent) ? variant.Parent : null);
        if (variant.Operation is not null)
        {
            json.WriteStartObject("operation");
            json.WriteString("name", variant.Operation);
            json.WriteStartObject("parameters");
            foreach (var (name, value) in Parameters(variant))
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteStartObject("metrics");
        foreach (var (name, value) in metrics) json.WriteNumber(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
