using System.Text.Json;
using OnnxAudit.Files;

namespace OnnxAudit.Bundles;

/// <summary>Writes model lists: a bundle's models.json and exported lineages alike.</summary>
internal static class ModelListWriter
{
    internal const string Schema = "onnxaudit.models/1";

    internal static byte[] Write(ModelList list) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        WriteOperations(json, list);
        WriteMetrics(json, list);
        json.WriteStartArray("models");
        foreach (var model in list.Models) WriteModel(json, model);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteOperations(Utf8JsonWriter json, ModelList list)
    {
        var used = list.Models.Where(m => m.Operation is not null).ToLookup(m => m.Operation!, StringComparer.Ordinal);
        var declared = list.Operations.ToDictionary(o => o.Name, o => o.Json, StringComparer.Ordinal);
        json.WriteStartArray("operations");
        foreach (var name in declared.Keys.Union(used.Select(o => o.Key), StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            WriteParameters(json, Property(declared.GetValueOrDefault(name), "parameters"), used[name].SelectMany(m => m.Parameters).ToLookup(p => p.Key, p => p.Value, StringComparer.Ordinal));
            WriteOthers(json, declared.GetValueOrDefault(name), "name", "parameters");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteParameters(Utf8JsonWriter json, JsonElement? declared, ILookup<string, JsonElement> used)
    {
        json.WriteStartObject("parameters");
        var written = new HashSet<string>(StringComparer.Ordinal);
        if (declared is { ValueKind: JsonValueKind.Object } specified)
        {
            foreach (var parameter in specified.EnumerateObject())
            {
                parameter.WriteTo(json);
                written.Add(parameter.Name);
            }
        }

        var names = declared is { ValueKind: JsonValueKind.Array } bare ? bare.EnumerateArray().Where(n => n.ValueKind == JsonValueKind.String).Select(n => n.GetString()!) : [];
        foreach (var name in names.Concat(used.Select(p => p.Key)).Where(written.Add))
        {
            json.WriteStartObject(name);
            if (used.Contains(name)) WriteRange(json, [.. used[name]]);
            json.WriteEndObject();
        }

        json.WriteEndObject();
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
        foreach (var option in values.Select(JsonValue.Text).Distinct(StringComparer.Ordinal)) json.WriteStringValue(option);
        json.WriteEndArray();
    }

    private static void WriteMetrics(Utf8JsonWriter json, ModelList list)
    {
        var declared = list.Metrics.ToDictionary(m => m.Name, m => m.Json, StringComparer.Ordinal);
        json.WriteStartArray("metrics");
        foreach (var name in declared.Keys.Union(list.Models.SelectMany(m => m.Metrics).Select(m => m.Key), StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            if (declared.GetValueOrDefault(name) is { } given) WriteOthers(json, given, "name");
            else WriteConvention(json, name.Split(" @ ")[0]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteConvention(Utf8JsonWriter json, string name)
    {
        if (name == "accuracy") json.WriteBoolean("primary", true);
        if (name is "accuracy" or "sparsity") json.WriteString("format", ".2%");
        if (name.EndsWith("_ms", StringComparison.Ordinal)) json.WriteString("unit", "ms");
    }

    private static void WriteModel(Utf8JsonWriter json, ListedModel model)
    {
        json.WriteStartObject();
        json.WriteString("id", model.Id);
        if (model.Tag is not null) json.WriteString("tag", model.Tag);
        json.WriteTextOrNull("base", model.Base);
        if (model.Operation is not null)
        {
            json.WriteStartObject("operation");
            json.WriteString("name", model.Operation);
            json.WriteStartObject("parameters");
            foreach (var (name, value) in model.Parameters)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteStartObject("metrics");
        foreach (var (name, value) in model.Metrics) json.WriteNumber(name, value);
        json.WriteEndObject();
        WriteOrigin(json, model);
        json.WriteEndObject();
    }

    private static void WriteOrigin(Utf8JsonWriter json, ListedModel model)
    {
        if (model.Sha256 is not null) json.WriteString("sha256", model.Sha256);
        if (model.ToolVersion is not null) json.WriteString("toolVersion", model.ToolVersion);
        if (model.Parents.Count == 0) return;
        json.WriteStartArray("parents");
        foreach (var parent in model.Parents) parent.Write(json);
        json.WriteEndArray();
    }

    private static void WriteOthers(Utf8JsonWriter json, JsonElement? declared, params ReadOnlySpan<string> but)
    {
        if (declared is not { ValueKind: JsonValueKind.Object } given) return;
        foreach (var field in given.EnumerateObject())
            if (!but.Contains(field.Name)) field.WriteTo(json);
    }

    private static JsonElement? Property(JsonElement? declared, string name) =>
        declared is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(name, out var value) ? value : null;
}
