using System.Buffers;
using System.Text;
using System.Text.Json;
using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Kernels;
using OnnxAudit.Plans;
using OnnxAudit.Runs;

namespace OnnxAudit.Bundles;

/// <summary>A prepared audit run into a bundle folder.</summary>
public static class AuditBundle
{
    /// <summary>
    /// Runs the cells of a shard that <paramref name="folder"/> does not hold yet, and finishes the bundle.
    /// Interrupted at any moment, the finished cells stay and <paramref name="resume"/> goes on from them.
    /// </summary>
    /// <returns>The finished manifest, with digest.</returns>
    /// <exception cref="AuditException">The folder holds another plan's bundle, or a model, sample or device failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; finished cells are kept.</exception>
    public static BundleManifest Run(PreparedAudit audit, string folder, Shard shard, bool resume, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        using var writer = BundleWriter.Create(folder, ManifestOf(audit, shard), resume);
        foreach (var suite in audit.Suites)
            writer.WriteSamples(suite.Plan.Id, suite.Dataset.Labels.Span, suite.Dataset.SourceIndices.Span, suite.Dataset.Classes,
                [.. suite.Groups.Select(g => new RowGroup(g.Name, g.Samples))]);
        AuditRun.Execute(audit, writer, shard, progress, cancellation);
        return writer.Finish();
    }

    /// <summary>The manifest of an audit before any cell is run: what is asked for, with what.</summary>
    public static BundleManifest ManifestOf(PreparedAudit audit, Shard shard)
    {
        var plan = audit.Plan;
        var runtime = audit.Environment.Runtime;
        var dense = plan.Variants.Where(v => v.Mask is null).ToLookup(v => v.Model, v => v.Id);
        return new BundleManifest
        {
            ToolVersion = audit.Environment.ToolVersion,
            Runtime = new RuntimeEntry("onnxruntime", runtime.Version, plan.Device),
            Kernels = [.. audit.Kernels.Chosen.Where(k => plan.Saliency is not null || k.Key is not ("filter-saliency" or "winograd-conv")).OrderBy(k => k.Key, StringComparer.Ordinal)],
            CpuFeatures = CpuFeatures.Present,
            Device = plan.Device,
            Threads = plan.Threads,
            Batch = plan.Batch,
            Seed = plan.Seed,
            PreprocessingJson = PreprocessingOf(audit.Models),
            PlanJson = PlanFile.Write(plan),
            Models = [.. audit.Models.Select(m => new ModelEntry(m.Id, m.Path, m.Sha256, m.Bytes))],
            Datasets = [.. audit.Suites.Select(s => new DatasetEntry(s.Plan.Id, s.Plan.Data, s.Digest, s.Dataset.Count, s.Dataset.Classes.Count, s.Plan.Corruption ?? Published(s.Plan.Data)))],
            Variants = [.. plan.Variants.Select(v => VariantOf(v, dense[v.Model].FirstOrDefault(), audit))],
            Cells = audit.Cells,
            Shard = shard.Count == 1 ? null : shard.ToString(),
        };
    }

    /// <summary>The grid cell that a member of a published suite is; null for other data.</summary>
    private static SuiteCorruption? Published(string spec) => DataSpec.CorruptionOf(spec) is var (name, severity) ? new SuiteCorruption(name, severity) : null;

    private static VariantEntry VariantOf(VariantPlan variant, string? dense, PreparedAudit audit)
    {
        var model = audit.Models.First(m => m.Path == variant.Model);
        var user = audit.UserMetrics.Of(variant.Id);
        if (variant.Mask is { } mask) return new VariantEntry(variant.Id, model.Id, dense, $"{mask.Method} pruning", Json(mask.Parameters()), user);
        return Recipe.Read(model.Model) is { } recipe
            ? new VariantEntry(variant.Id, model.Id, ParentOf(recipe, audit), recipe.Operation, Json(recipe.Parameters), user)
            : new VariantEntry(variant.Id, model.Id, null, null, "{}", user);
    }

    private static string? ParentOf(Recipe recipe, PreparedAudit audit)
    {
        var parent = audit.Models.FirstOrDefault(m => recipe.Parents.Any(p => p.Sha256 == m.Sha256));
        return parent is null ? null : audit.Plan.Variants.FirstOrDefault(v => v.Mask is null && v.Model == parent.Path)?.Id;
    }

    private static string Json(IReadOnlyList<KeyValuePair<string, string>> parameters) => Written(json =>
    {
        foreach (var (name, value) in parameters) json.WriteString(name, value);
    });

    private static string PreprocessingOf(IReadOnlyList<PreparedModel> models) => Written(json =>
    {
        foreach (var model in models)
        {
            json.WritePropertyName(model.Id);
            json.WriteRawValue((model.Preprocessing ?? Preprocessing.AlreadyDone).ToJson());
        }
    });

    private static string Written(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
