using OnnxAudit.Compression;
using OnnxAudit.Corruptions;
using OnnxAudit.Data;
using OnnxAudit.Geometry;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Onnx;
using OnnxAudit.Plans;
using OnnxAudit.Runtime;

namespace OnnxAudit.Runs;

/// <summary>A model file of the plan, parsed once and shared by its variants. <see cref="Id"/> is unique in the plan.</summary>
public sealed record PreparedModel(string Id, string Path, string Sha256, long Bytes, Model Model, ImageInput Input, Preprocessing? Preprocessing);

/// <summary>A suite of the plan, opened, with its sample groups.</summary>
/// <param name="Plan">What the plan asked for.</param>
/// <param name="Dataset">The samples.</param>
/// <param name="Groups">Sample groups; empty without a groups file.</param>
/// <param name="Digest">SHA-256 (hex) of everything that decides samples and groups.</param>
/// <param name="Notes">What reading had to report: files passed over, group rows left out.</param>
public sealed record PreparedSuite(SuitePlan Plan, ImageDataset Dataset, IReadOnlyList<SampleGroup> Groups, string Digest, IReadOnlyList<string> Notes);

/// <summary>
/// A plan whose files have been opened and found fit: everything that can be wrong with models, data, masks, kernels or the device
/// is found here, before any work. Its facts go into the manifest; <see cref="AuditRun"/> does the work.
/// </summary>
public sealed class PreparedAudit : IDisposable
{
    private readonly SuiteOpening _opening;

    private PreparedAudit(AuditPlan plan, AuditEnvironment environment, KernelSet kernels, IReadOnlyList<PreparedModel> models,
        SuiteOpening opening, IReadOnlyList<PreparedSuite> suites, UserMetrics userMetrics)
    {
        (Plan, Environment, Kernels, Models, _opening, Suites, UserMetrics) = (plan, environment, kernels, models, opening, suites, userMetrics);
        Cells = [.. plan.Variants.SelectMany(v => plan.Suites.Select(s => new Cell($"{v.Id}--{s.Id}--{plan.Device}", v.Id, s.Id, plan.Device)))];
    }

    /// <summary>The plan as given.</summary>
    public AuditPlan Plan { get; }

    /// <summary>What the outside world gave.</summary>
    public AuditEnvironment Environment { get; }

    /// <summary>The kernels chosen for this machine.</summary>
    public KernelSet Kernels { get; }

    /// <summary>Distinct model files in the order of their first variant.</summary>
    public IReadOnlyList<PreparedModel> Models { get; }

    /// <summary>The suites in plan order.</summary>
    public IReadOnlyList<PreparedSuite> Suites { get; }

    /// <summary>The user's own metrics.</summary>
    public UserMetrics UserMetrics { get; }

    /// <summary>All cells, variant by variant.</summary>
    public IReadOnlyList<Cell> Cells { get; }

    /// <summary>What the user should read before work starts: what the datasets had to report.</summary>
    public IReadOnlyList<string> Remarks => [.. Suites.SelectMany(s => s.Notes.Select(n => (s.Plan.Id, Note: n))).DistinctBy(n => n.Note).Select(n => $"{n.Id}: {n.Note}")];

    /// <summary>Opens and checks everything a plan names.</summary>
    /// <exception cref="AuditException">Usage, Invalid or Environment: the first thing found wrong.</exception>
    public static PreparedAudit Prepare(AuditPlan plan, AuditEnvironment environment)
    {
        PlanRules.Check(plan, "plan");
        var kernels = KernelSet.Choose(plan.Kernels, environment.KernelCache);
        ExecutionProvider.Require(environment.Runtime, plan.Device);
        var paths = plan.Variants.Select(v => v.Model).Distinct(StringComparer.Ordinal).ToArray();
        var models = paths.Zip(Identifiers.OfModels(paths), (path, id) => OpenModel(id, path, plan)).ToArray();
        foreach (var variant in plan.Variants) CheckVariant(variant, models.First(m => m.Path == variant.Model), plan);
        var opening = new SuiteOpening(plan, models);
        try
        {
            var suites = plan.Suites.Select(opening.Open).ToArray();
            foreach (var suite in suites) CheckFit(suite, models);
            var metrics = plan.Metrics is null ? UserMetrics.None : UserMetrics.Read(plan.Metrics, plan.Variants.Select(v => v.Id).ToArray());
            return new PreparedAudit(plan, environment, kernels, models, opening, suites, metrics);
        }
        catch
        {
            opening.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _opening.Dispose();
        Kernels.Session?.Dispose();
    }

    private static PreparedModel OpenModel(string id, string path, AuditPlan plan)
    {
        var model = OnnxReader.Read(path);
        var preprocessing = plan.Preprocess is { } json ? Preprocessing.Parse(json, plan.PreprocessSource ?? "plan")
            : Preprocessing.Find(null, MetadataOf(model), path);
        return new PreparedModel(id, path, ModelFiles.DigestOf(model, path), ModelFiles.BytesOf(model, path), model,
            ImageInput.Of(model, preprocessing?.Layout == "NHWC"), preprocessing);
    }

    private static Dictionary<string, string> MetadataOf(Model model)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in model.Metadata) metadata.TryAdd(key, value);
        return metadata;
    }

    private static void CheckVariant(VariantPlan variant, PreparedModel model, AuditPlan plan)
    {
        if (variant.Mask is { } mask) Prunable.Find(model.Model, mask.Include, mask.Exclude);
        if (plan.Geometry) HeadFinder.Find(model.Model, plan.Head).Require();
    }

    private static void CheckFit(PreparedSuite suite, IReadOnlyList<PreparedModel> models)
    {
        foreach (var model in models) model.Input.Accept(suite.Dataset);
        if (suite.Dataset.Encoding == SampleEncoding.Floats) return;
        foreach (var bare in models.Where(m => m.Preprocessing is null)) Preprocessing.Resolve(null, MetadataOf(bare.Model), bare.Path);
    }
}
