using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OnnxAudit.Compression;
using OnnxAudit.Files;

namespace OnnxAudit.Plans;

/// <summary>
/// Plans as JSON. A plan written by hand uses the short keys <c>models</c> (with <c>masks</c> over several amounts) and <c>data</c>;
/// the canonical form, kept in a bundle's manifest, spells every variant and suite out under <c>variants</c> and <c>suites</c>.
/// Both are read by the same reader, so a bundle's plan can be run again.
/// </summary>
public static class PlanFile
{
    /// <summary>Reads a plan. <paramref name="source"/> is the file's name for messages; absent keys keep the values of <paramref name="defaults"/>.</summary>
    /// <exception cref="AuditException">Invalid: unknown keys, wrong kinds, values out of range, no model or no data.</exception>
    public static AuditPlan Read(string json, string source, AuditPlan defaults)
    {
        var fields = JsonFields.Parse(json, source);
        var variants = ReadVariants(fields);
        var suites = SuitesJson.Read(fields, source);
        var options = fields.Object("device_options");
        var plan = defaults with
        {
            Variants = variants.Count > 0 ? variants : defaults.Variants,
            Suites = suites.Count > 0 ? suites : defaults.Suites,
            Device = fields.Text("device") ?? defaults.Device,
            DeviceOptions = options is null ? defaults.DeviceOptions
                : new SortedDictionary<string, string>(options.Names().ToDictionary(n => n, n => options.RequiredText(n)), StringComparer.Ordinal),
            Batch = (int)(fields.Integer("batch", 1, 1 << 20) ?? defaults.Batch),
            Threads = (int)(fields.Integer("threads", 1, 1024) ?? defaults.Threads),
            Seed = (ulong)(fields.Integer("seed", 0, long.MaxValue) ?? (long)defaults.Seed),
            Kernels = fields.Text("kernels") ?? defaults.Kernels,
            Geometry = fields.Flag("geometry") ?? defaults.Geometry,
            Margin = fields.Text("margin") ?? defaults.Margin,
            BiasAware = fields.Flag("bias_aware") ?? defaults.BiasAware,
            CorruptionProfile = fields.Text("corruption_profile") ?? defaults.CorruptionProfile,
            Frost = fields.Text("frost") ?? defaults.Frost,
            Head = fields.Text("head") ?? defaults.Head,
            Saliency = fields.Object("saliency") is { } saliency ? SaliencyJson.Read(saliency) : defaults.Saliency,
            Preprocess = fields.Element("preprocess")?.GetRawText() ?? defaults.Preprocess,
            PreprocessSource = fields.Element("preprocess") is null ? defaults.PreprocessSource : $"{source}, preprocess",
            Groups = fields.Text("groups") ?? defaults.Groups,
            Metrics = fields.Text("metrics") ?? defaults.Metrics,
            LatencyRuns = (int)(fields.Integer("latency_runs", 0, 100_000) ?? defaults.LatencyRuns),
        };
        fields.Done();
        PlanRules.Check(plan, source);
        return plan;
    }

    /// <summary>The canonical JSON of a plan: same plan, same bytes.</summary>
    public static string Write(AuditPlan plan)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("variants");
            foreach (var variant in plan.Variants) WriteVariant(json, variant);
            json.WriteEndArray();
            json.WriteStartArray("suites");
            foreach (var suite in plan.Suites) SuitesJson.Write(json, suite);
            json.WriteEndArray();
            WriteSettings(json, plan);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteVariant(Utf8JsonWriter json, VariantPlan variant)
    {
        json.WriteStartObject();
        json.WriteString("id", variant.Id);
        json.WriteString("model", variant.Model);
        if (variant.Mask is { } mask)
        {
            json.WriteStartObject("mask");
            json.WriteString("method", mask.Method);
            json.WriteNumber("amount", mask.Amount);
            if (mask.Pattern is { } pattern) json.WriteString("pattern", pattern.ToString());
            json.WriteString("scope", mask.Scope == MaskScope.Global ? "global" : "layer");
            json.WriteNumber("seed", mask.Seed);
            if (mask.Include is { } include) json.WriteTexts("include", include);
            if (mask.Exclude is { } exclude) json.WriteTexts("exclude", exclude);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteSettings(Utf8JsonWriter json, AuditPlan plan)
    {
        json.WriteString("device", plan.Device);
        json.WriteStartObject("device_options");
        foreach (var (key, value) in plan.DeviceOptions.OrderBy(o => o.Key, StringComparer.Ordinal)) json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteNumber("batch", plan.Batch);
        json.WriteNumber("threads", plan.Threads);
        json.WriteNumber("seed", plan.Seed);
        json.WriteString("kernels", plan.Kernels);
        json.WriteBoolean("geometry", plan.Geometry);
        json.WriteString("margin", plan.Margin);
        json.WriteBoolean("bias_aware", plan.BiasAware);
        if (plan.Suites.Any(s => s.Corruption is not null)) json.WriteString("corruption_profile", plan.CorruptionProfile);
        if (plan.Frost is { } frost) json.WriteString("frost", frost);
        if (plan.Head is { } head) json.WriteString("head", head);
        if (plan.Saliency is { } saliency) SaliencyJson.Write(json, saliency);
        if (plan.Preprocess is { } preprocess)
        {
            json.WritePropertyName("preprocess");
            json.WriteRawValue(preprocess);
        }

        if (plan.Groups is { } groups) json.WriteString("groups", groups);
        if (plan.Metrics is { } metrics) json.WriteString("metrics", metrics);
        json.WriteNumber("latency_runs", plan.LatencyRuns);
    }

    private static List<VariantPlan> ReadVariants(JsonFields fields)
    {
        var variants = new List<VariantPlan>();
        foreach (var (element, where) in fields.List("variants"))
        {
            var item = new JsonFields(element, where);
            var mask = item.Object("mask");
            variants.Add(new VariantPlan(item.RequiredText("id"), item.RequiredText("model"), mask is null ? null : ReadMasks(mask) is [var one] ? one : throw item.Wrong("mask", "several amounts", "one amount a variant; 'models' takes several")));
            item.Done();
        }

        var models = fields.List("models");
        var items = models.Select(m => m.Element.ValueKind == JsonValueKind.String ? null : new JsonFields(m.Element, m.Where)).ToArray();
        var paths = models.Select((m, i) => items[i]?.RequiredText("path") ?? m.Element.GetString()!).ToArray();
        var ids = Identifiers.OfModels(paths);
        for (var i = 0; i < paths.Length; i++)
        {
            var id = items[i]?.Text("id") ?? ids[i];
            var masks = items[i]?.List("masks").SelectMany(m => ReadMasks(new JsonFields(m.Element, m.Where))).ToArray() ?? [];
            var dense = items[i]?.Flag("dense") ?? true;
            items[i]?.Done();
            variants.AddRange(VariantExpansion.Of(id, paths[i], masks, dense));
        }

        return variants;
    }

    private static List<MaskRecipe> ReadMasks(JsonFields item)
    {
        var scope = item.Text("scope") ?? "global";
        if (scope is not ("global" or "layer")) throw item.Wrong("scope", $"'{scope}'", "global or layer");
        var amounts = item.Numbers("amount").Concat(item.Numbers("amounts")).ToArray();
        var pattern = item.Text("pattern") is { } text ? NmPattern.Parse(text) : null;
        if (pattern is not null && amounts.Length == 0) amounts = [pattern.Amount];
        if (amounts.Length == 0) throw item.Wrong("amount", "nothing", "a number in [0,1), the fraction removed, or 'pattern'");
        var template = new MaskRecipe
        {
            Amount = 0,
            Method = item.RequiredText("method"),
            Pattern = pattern,
            Scope = scope == "global" ? MaskScope.Global : MaskScope.Layer,
            Seed = (ulong)(item.Integer("seed", 0, long.MaxValue) ?? 0),
            Include = item.Element("include") is null ? null : item.Texts("include"),
            Exclude = item.Element("exclude") is null ? null : item.Texts("exclude"),
        };
        item.Done();
        return [.. amounts.Select(a => template with { Amount = a })];
    }
}
