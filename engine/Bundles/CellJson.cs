using System.Text.Json;
using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Runs;
using OnnxAudit.Saliency;

namespace OnnxAudit.Bundles;

/// <summary>cell.json and timing.json: what a finished cell says.</summary>
internal static class CellJson
{
    internal const string CellSchema = "onnxaudit.cell/1";
    internal const string TimingSchema = "onnxaudit.timing/1";

    internal static byte[] Write(Cell cell, CellResult result, IReadOnlyList<ColumnInfo> columns) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("schema", CellSchema);
        json.WriteString("id", cell.Id);
        json.WriteString("variant", cell.Variant);
        json.WriteString("suite", cell.Suite);
        json.WriteString("device", cell.Device);
        json.WriteString("status", "complete");
        json.WriteNumber("samples", result.Samples);
        json.WriteStartArray("slices");
        foreach (var slice in result.Slices)
        {
            json.WriteStartObject();
            json.WriteString("kind", slice.Kind);
            json.WriteString("name", slice.Name);
            json.WriteNumber("samples", slice.Samples);
            WriteMetrics(json, slice.Metrics);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in result.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        if (result.Layers.Count > 0) WriteLayers(json, result.Layers);
        WriteColumns(json, "columns", columns.Where(c => c.PerSample));
        if (columns.Any(c => !c.PerSample)) WriteColumns(json, "tables", columns.Where(c => !c.PerSample));
        json.WriteEndObject();
    });

    internal static byte[] Write(CellTiming timing) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("schema", TimingSchema);
        WriteMetrics(json, timing.Metrics);
        json.WriteStartObject("host");
        foreach (var (name, value) in timing.Host) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>Reads cell.json, which must be about <paramref name="cell"/>.</summary>
    /// <exception cref="AuditException">Invalid: damaged, or about another cell.</exception>
    internal static (CellResult Result, IReadOnlyList<ColumnInfo> Columns) Read(string path, byte[] bytes, Cell cell)
    {
        var root = BundleJson.Parse(path, bytes);
        Expect(root, "schema", CellSchema);
        Expect(root, "id", cell.Id);
        Expect(root, "variant", cell.Variant);
        Expect(root, "suite", cell.Suite);
        Expect(root, "device", cell.Device);
        Expect(root, "status", "complete");
        var result = new CellResult(root.RequiredInt32("samples", 0), [.. root.Objects("slices").Select(ReadSlice)], root.Texts("notes"))
        {
            Layers = [.. Optional(root, "layers").Select(ReadLayer)],
        };
        return (result, [.. root.Objects("columns").Select(c => ReadColumn(c, result.Samples)), .. Optional(root, "tables").Select(c => ReadColumn(c, null))]);
    }

    /// <summary>Reads timing.json.</summary>
    /// <exception cref="AuditException">Invalid: missing or damaged.</exception>
    internal static CellTiming ReadTiming(string path)
    {
        var root = BundleJson.Parse(path, BundleJson.ReadBytes(path));
        Expect(root, "schema", TimingSchema);
        var host = root.RequiredObject("host");
        return new CellTiming(root.RequiredObject("metrics").NumbersByName(),
            [.. host.Names().Select(name => new KeyValuePair<string, string>(name, host.RequiredText(name)))]);
    }

    private static void WriteMetrics(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, double>> metrics)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        json.WriteStartObject("metrics");
        foreach (var (name, value) in metrics)
        {
            if (!names.Add(name)) throw new ArgumentException($"metric '{name}' is given twice", nameof(metrics));
            json.WriteFinite(name, value);
        }

        json.WriteEndObject();
    }

    private static void WriteColumns(Utf8JsonWriter json, string key, IEnumerable<ColumnInfo> columns)
    {
        json.WriteStartArray(key);
        foreach (var column in columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("type", NpyHeader.DescrOf(column.Type));
            json.WriteStartArray("shape");
            foreach (var dim in column.Dims) json.WriteNumberValue(dim);
            json.WriteEndArray();
            json.WriteString("sha256", column.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static MetricSlice ReadSlice(JsonFields at) => at.RequiredText("kind") is "all" or "class" or "group"
        ? new MetricSlice(at.RequiredText("kind"), at.RequiredText("name"), at.RequiredInt32("samples", 0), at.RequiredObject("metrics").NumbersByName())
        : throw at.Wrong("kind", $"'{at.RequiredText("kind")}'", "'all', 'class' or 'group'");

    private static void WriteLayers(Utf8JsonWriter json, IReadOnlyList<FilterLayer> layers)
    {
        json.WriteStartArray("layers");
        foreach (var layer in layers)
        {
            json.WriteStartObject();
            json.WriteString("weight", layer.Weight);
            json.WriteString("node", layer.Node);
            json.WriteString("kind", layer.Kind == FilterKind.Convolution ? "convolution" : "linear");
            json.WriteNumber("filters", layer.Filters);
            json.WriteNumber("first", layer.First);
            json.WriteNumber("weights", layer.Weights);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static FilterLayer ReadLayer(JsonFields at) => at.RequiredText("kind") is "convolution" or "linear"
        ? new FilterLayer(at.RequiredText("weight"), at.RequiredText("node"), at.RequiredText("kind") == "linear" ? FilterKind.Linear : FilterKind.Convolution,
            at.RequiredInt32("filters", 1), at.RequiredInt32("first", 0), at.RequiredInt32("weights", 1))
        : throw at.Wrong("kind", $"'{at.RequiredText("kind")}'", "'convolution' or 'linear'");

    private static ColumnInfo ReadColumn(JsonFields at, int? samples)
    {
        var dims = at.Integers("shape", 0);
        if (dims.Length == 0 || (samples is not null && dims[0] != samples))
            throw at.Wrong("shape", $"[{string.Join(',', dims)}]", FormattableString.Invariant($"{samples} rows, one per sample"));
        var type = NpyHeader.TypeOf(at.RequiredText("type")) ?? throw at.Wrong("type", $"'{at.RequiredText("type")}'", "a NumPy type such as '<f4'");
        return new ColumnInfo(at.RequiredName("name"), type, dims, at.RequiredSha256("sha256"), samples is not null);
    }

    private static IEnumerable<JsonFields> Optional(JsonFields at, string name) => at.Element(name) is null ? [] : at.Objects(name);

    private static void Expect(JsonFields at, string name, string value)
    {
        if (at.RequiredText(name) != value) throw at.Wrong(name, $"'{at.RequiredText(name)}'", $"'{value}'");
    }
}
