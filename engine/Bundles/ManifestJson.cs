using System.Text;
using System.Text.Json;
using OnnxAudit.Files;
using OnnxAudit.Plans;
using OnnxAudit.Runs;

namespace OnnxAudit.Bundles;

/// <summary>manifest.json: <see cref="BundleManifest"/> as text, and its digest.</summary>
internal static class ManifestJson
{
    private static readonly string Zeros = new('0', 64);

    /// <summary>The file's bytes for an unfinished manifest (no digest), or for a finished one with the digest put in.</summary>
    internal static byte[] Write(BundleManifest manifest) => JsonText.Write(json => Write(json, manifest));

    /// <summary>The manifest with its digest computed.</summary>
    internal static BundleManifest Sealed(BundleManifest manifest) =>
        manifest with { Digest = Files.Digest.Of(Write(manifest with { Digest = Zeros })) };

    /// <summary>Reads the file and, when it states a digest, proves it.</summary>
    /// <exception cref="AuditException">Invalid: missing, not a bundle's manifest, damaged, or not matching its digest.</exception>
    internal static BundleManifest ReadFile(string path)
    {
        var bytes = BundleJson.ReadBytes(path);
        var manifest = Read(BundleJson.Parse(path, bytes));
        if (manifest.Digest is { } digest && DigestOf(bytes, digest) is var found && found != digest)
            throw new AuditException(AuditCode.Invalid, path, $"digest {found}", digest, "The bundle was changed after it was written; make it again.");
        return manifest;
    }

    /// <summary>The first field in which two manifests differ, apart from files, digest and (if asked) shard; null when none.</summary>
    internal static JsonDifference? Difference(BundleManifest first, BundleManifest second, bool ignoreShard)
    {
        BundleManifest Bare(BundleManifest m) => m with { Files = [], Digest = null, Shard = ignoreShard ? null : m.Shard };
        using var a = JsonDocument.Parse(Write(Bare(first)));
        using var b = JsonDocument.Parse(Write(Bare(second)));
        return JsonDifference.Find(a.RootElement, b.RootElement);
    }

    private static string DigestOf(byte[] bytes, string digest)
    {
        var line = Encoding.UTF8.GetBytes($"\"digest\": \"{digest}\"");
        var at = bytes.AsSpan().LastIndexOf(line);
        if (at < 0) return "written in another form";
        var blank = (byte[])bytes.Clone();
        blank.AsSpan(at + line.Length - 1 - digest.Length, digest.Length).Fill((byte)'0');
        return Files.Digest.Of(blank);
    }

    private static void Write(Utf8JsonWriter json, BundleManifest m)
    {
        json.WriteStartObject();
        json.WriteString("schema", BundleManifest.Schema);
        json.WriteString("tool", m.ToolVersion);
        json.WriteStartObject("runtime");
        json.WriteString("name", m.Runtime.Name);
        json.WriteString("version", m.Runtime.Version);
        json.WriteString("provider", m.Runtime.Provider);
        json.WriteEndObject();
        json.WriteStartObject("kernels");
        foreach (var (kernel, form) in m.Kernels) json.WriteString(kernel, form);
        json.WriteEndObject();
        json.WriteStartArray("cpu_features");
        foreach (var feature in m.CpuFeatures) json.WriteStringValue(feature);
        json.WriteEndArray();
        json.WriteString("device", m.Device);
        json.WriteNumber("threads", m.Threads);
        json.WriteNumber("batch", m.Batch);
        json.WriteNumber("seed", m.Seed);
        json.WriteEmbedded("preprocessing", m.PreprocessingJson);
        json.WriteEmbedded("plan", m.PlanJson);
        WriteTables(json, m);
        json.WriteTextOrNull("shard", m.Shard);
        json.WriteStartObject("files");
        foreach (var (path, digest) in m.Files) json.WriteString(path, digest);
        json.WriteEndObject();
        json.WriteTextOrNull("digest", m.Digest);
        json.WriteEndObject();
    }

    private static void WriteTables(Utf8JsonWriter json, BundleManifest m)
    {
        json.WriteObjects("models", m.Models, model =>
        {
            json.WriteString("id", model.Id);
            json.WriteString("path", model.Path);
            json.WriteString("sha256", model.Sha256);
            json.WriteNumber("bytes", model.Bytes);
        });
        json.WriteObjects("datasets", m.Datasets, dataset =>
        {
            json.WriteString("id", dataset.Id);
            json.WriteString("spec", dataset.Spec);
            json.WriteString("sha256", dataset.Sha256);
            json.WriteNumber("count", dataset.Count);
            json.WriteNumber("classes", dataset.Classes);
            if (dataset.Corruption is not { } corruption) return;
            json.WriteString("corruption", corruption.Name);
            json.WriteNumber("severity", corruption.Severity);
        });
        json.WriteObjects("variants", m.Variants, variant =>
        {
            json.WriteString("id", variant.Id);
            json.WriteString("model", variant.Model);
            json.WriteTextOrNull("parent", variant.Parent);
            json.WriteTextOrNull("operation", variant.Operation);
            json.WriteEmbedded("parameters", variant.ParametersJson);
            json.WriteStartObject("metrics");
            foreach (var (name, value) in variant.Metrics) json.WriteFinite(name, value);
            json.WriteEndObject();
        });
        json.WriteObjects("cells", m.Cells, cell =>
        {
            json.WriteString("id", cell.Id);
            json.WriteString("variant", cell.Variant);
            json.WriteString("suite", cell.Suite);
            json.WriteString("device", cell.Device);
        });
    }

    private static BundleManifest Read(JsonFields root)
    {
        if (root.RequiredText("schema") != BundleManifest.Schema)
            throw root.Wrong("schema", $"'{root.RequiredText("schema")}'", $"'{BundleManifest.Schema}'");
        var manifest = new BundleManifest
        {
            ToolVersion = root.RequiredText("tool"),
            Runtime = ReadRuntime(root.RequiredObject("runtime")),
            Kernels = ReadTexts(root.RequiredObject("kernels")),
            CpuFeatures = root.Texts("cpu_features"),
            Device = root.RequiredText("device"),
            Threads = root.RequiredInt32("threads", 1),
            Batch = root.RequiredInt32("batch", 1),
            Seed = root.RequiredUInt64("seed"),
            PreprocessingJson = root.RawJson("preprocessing"),
            PlanJson = root.RawJson("plan"),
            Models = [.. root.Objects("models").Select(m => new ModelEntry(m.RequiredText("id"), m.RequiredText("path"),
                m.RequiredText("sha256"), m.RequiredInteger("bytes", 0, long.MaxValue)))],
            Datasets = [.. root.Objects("datasets").Select(ReadDataset)],
            Variants = [.. root.Objects("variants").Select(ReadVariant)],
            Cells = [.. root.Objects("cells").Select(ReadCell)],
            Shard = root.Text("shard"),
            Files = ReadFiles(root.RequiredObject("files")),
            Digest = root.Text("digest") is null ? null : root.RequiredSha256("digest"),
        };
        CheckUnique(root, manifest);
        return manifest;
    }

    private static RuntimeEntry ReadRuntime(JsonFields at) => new(at.RequiredText("name"), at.RequiredText("version"), at.RequiredText("provider"));

    private static DatasetEntry ReadDataset(JsonFields at) => new(at.RequiredName("id"), at.RequiredText("spec"), at.RequiredText("sha256"),
        at.RequiredInt32("count", 0), at.RequiredInt32("classes", 0), at.Text("corruption") is { } name ? new SuiteCorruption(name, at.RequiredInt32("severity", 0)) : null);

    private static VariantEntry ReadVariant(JsonFields at) => new(at.RequiredText("id"), at.RequiredText("model"), at.Text("parent"),
        at.Text("operation"), at.RawJson("parameters"), at.RequiredObject("metrics").NumbersByName());

    private static Cell ReadCell(JsonFields at) => new(at.RequiredName("id"), at.RequiredText("variant"), at.RequiredName("suite"), at.RequiredText("device"));

    private static KeyValuePair<string, string>[] ReadTexts(JsonFields at) =>
        [.. at.Names().Select(name => new KeyValuePair<string, string>(name, at.RequiredText(name)))];

    private static KeyValuePair<string, string>[] ReadFiles(JsonFields at) =>
        [.. at.Names().Select(name => new KeyValuePair<string, string>(name, at.RequiredSha256(name)))];

    private static void CheckUnique(JsonFields root, BundleManifest manifest)
    {
        var suites = new HashSet<string>(StringComparer.Ordinal);
        foreach (var dataset in manifest.Datasets)
            if (!suites.Add(dataset.Id)) throw root.Wrong("datasets", $"'{dataset.Id}' twice", "each suite once");
        var cells = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var cell in manifest.Cells)
        {
            if (!cells.Add(cell.Id)) throw root.Wrong("cells", $"'{cell.Id}' twice", "each cell once");
            if (!suites.Contains(cell.Suite)) throw root.Wrong("cells", $"cell '{cell.Id}' on suite '{cell.Suite}'", "a suite among the datasets");
        }

        if (manifest.Shard is { } shard && !Runs.Shard.TryParse(shard, out _)) throw root.Wrong("shard", $"'{shard}'", "i/n with 0 <= i < n, or null");
        if (manifest.Digest is null && manifest.Files.Count > 0) throw root.Wrong("digest", "null", "a digest, since files are listed");
    }
}
