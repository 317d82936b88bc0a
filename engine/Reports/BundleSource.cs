using System.Globalization;
using System.Text.Json;
using OnnxAudit.Bundles;
using OnnxAudit.Runs;

namespace OnnxAudit.Reports;

/// <summary>From a bundle to what a report says.</summary>
internal static class BundleSource
{
    /// <summary>Gathers facts and figures; columns are read when a section draws them.</summary>
    public static ReportSource Of(Bundle bundle)
    {
        var manifest = bundle.Manifest;
        return new ReportSource(Facts(bundle), Files(manifest), [.. manifest.Variants.Select(v => Variant(v, manifest))],
            [.. manifest.Datasets.Select(d => d.Id)], [.. bundle.Cells.Select(c => new ReportCell(c.Cell, c.Result, c.Timing, () => Columns(bundle, c.Cell)))], manifest.PlanJson)
        {
            Corrupted = [.. manifest.Datasets.Where(d => d.Corruption is not null).Select(d => d.Id)],
        };
    }

    private static List<KeyValuePair<string, string>> Facts(Bundle bundle)
    {
        var m = bundle.Manifest;
        var facts = new List<KeyValuePair<string, string>>
        {
            new("Program", $"onnxaudit {m.ToolVersion}"),
            new("Runtime", $"{m.Runtime.Name} {m.Runtime.Version}, {m.Runtime.Provider}"),
            new("Device", m.Device),
            new("Threads, batch", FormattableString.Invariant($"{m.Threads}, {m.Batch}")),
            new("Seed", m.Seed.ToString(CultureInfo.InvariantCulture)),
            new("Kernels", string.Join(", ", m.Kernels.Select(k => $"{k.Key}: {k.Value}"))),
            new("CPU features", string.Join(", ", m.CpuFeatures)),
        };
        facts.AddRange(Preprocessing(m.PreprocessingJson));
        var host = bundle.Cells.Select(c => c.Timing.Host).FirstOrDefault(h => h.Count > 0) ?? [];
        if (host.Count > 0) facts.Add(new("Timed on", string.Join(", ", host.Select(h => $"{h.Key} {h.Value}"))));
        if (bundle.Missing.Count > 0) facts.Add(new("Missing cells", FormattableString.Invariant($"{bundle.Missing.Count} of {m.Cells.Count}")));
        facts.Add(new("Bundle digest", bundle.IsFinished ? bundle.Digest : "none: the run has not come to its end"));
        return facts;
    }

    private static IEnumerable<KeyValuePair<string, string>> Preprocessing(string json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return [];
        return [.. document.RootElement.EnumerateObject().Select(p => new KeyValuePair<string, string>($"Preprocessing, {p.Name}", Plain(p.Value)))];
    }

    private static string Plain(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => string.Join(", ", element.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null).Select(p => $"{p.Name} {Plain(p.Value)}")),
        JsonValueKind.Array => string.Join(' ', element.EnumerateArray().Select(Plain)),
        JsonValueKind.String => element.GetString()!,
        _ => element.GetRawText(),
    };

    private static IReadOnlyList<(string, string, string, string)> Files(BundleManifest manifest) =>
    [
        .. manifest.Models.Select(m => ("model", m.Id, $"{m.Path}, {Figures.Bytes(m.Bytes)}", m.Sha256)),
        .. manifest.Datasets.Where(d => !IsGenerated(d, manifest)).Select(d => ("dataset", d.Id, $"{d.Spec}, {Figures.Count(d.Count)} samples, {Figures.Count(d.Classes)} classes", d.Sha256)),
        .. manifest.Datasets.Where(d => IsGenerated(d, manifest)).GroupBy(d => d.Spec).Select(g => ("dataset", FormattableString.Invariant($"{g.Count()} corruption cells"), $"made of {g.Key}", "each in manifest.json")),
    ];

    /// <summary>True for a corrupted copy of a dataset that the bundle holds as it is.</summary>
    private static bool IsGenerated(DatasetEntry dataset, BundleManifest manifest) =>
        dataset.Corruption is not null && manifest.Datasets.Any(d => d.Corruption is null && d.Spec == dataset.Spec);

    private static ReportVariant Variant(VariantEntry entry, BundleManifest manifest)
    {
        using var document = JsonDocument.Parse(entry.ParametersJson);
        var parameters = document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => Plain(p.Value), StringComparer.Ordinal) : [];
        var root = Root(entry, manifest);
        if (entry.Operation is null || !parameters.TryGetValue("method", out var method)) return new ReportVariant(entry.Id, root, null, 0);
        var amount = double.TryParse(parameters.GetValueOrDefault("amount"), NumberStyles.Float, CultureInfo.InvariantCulture, out var a) ? a : double.NaN;
        var scope = parameters.GetValueOrDefault("scope", "");
        var rest = parameters.Where(p => p.Key is not ("method" or "amount" or "scope" or "seed")).Select(p => $"{p.Key} {p.Value}");
        return new ReportVariant(entry.Id, root, string.Join(", ", rest.Prepend(scope).Prepend(method).Where(t => t.Length > 0)), amount);
    }

    /// <summary>The model at the top of the lineage, as far as the bundle holds it; a loop in a damaged lineage ends the walk.</summary>
    private static string Root(VariantEntry entry, BundleManifest manifest)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (entry.Parent is { } parent && seen.Add(entry.Id) && manifest.Variants.FirstOrDefault(v => v.Id == parent) is { } next) entry = next;
        return entry.Model;
    }

    private static SampleColumns Columns(Bundle bundle, Cell cell)
    {
        if (!bundle.HasColumn(cell, "correct")) return new SampleColumns([], []);
        return new SampleColumns(bundle.Column(cell, "correct").Data.ToArray(),
            [.. GeometrySection.Measures.Where(m => bundle.HasColumn(cell, m.Column))
                .Select(m => new KeyValuePair<string, float[]>(m.Column, bundle.Column(cell, m.Column).Span<float>().ToArray()))]);
    }
}
