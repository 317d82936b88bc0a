using OnnxAudit.Compression;
using OnnxAudit.Geometry;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Plans;
using OnnxAudit.Runtime;

namespace OnnxAudit.Runs;

/// <summary>Runs the cells of a prepared audit, one session per variant, and hands each cell to the store as it is finished.</summary>
public sealed class AuditRun
{
    private readonly PreparedAudit _audit;
    private readonly ICellStore _store;
    private readonly Shard _shard;
    private readonly IProgress<RunProgress>? _progress;

    private AuditRun(PreparedAudit audit, ICellStore store, Shard shard, IProgress<RunProgress>? progress) =>
        (_audit, _store, _shard, _progress) = (audit, store, shard, progress);

    /// <summary>Runs every cell of the shard that the store does not have yet.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; finished cells are kept.</exception>
    /// <exception cref="AuditException">A model, sample or device failed; finished cells are kept.</exception>
    public static void Execute(PreparedAudit audit, ICellStore store, Shard shard, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        var run = new AuditRun(audit, store, shard, progress);
        foreach (var variant in audit.Plan.Variants) run.RunVariant(variant, cancellation);
    }

    private void RunVariant(VariantPlan plan, CancellationToken cancellation)
    {
        var pending = _audit.Cells.Select((cell, position) => (cell, position))
            .Where(c => c.cell.Variant == plan.Id && _shard.Has(c.position) && !_store.IsDone(c.cell)).ToArray();
        if (pending.Length == 0) return;
        var model = _audit.Models.First(m => m.Path == plan.Model);
        var (variant, notes) = Variant(plan, model);
        using var weights = new WeightScope(model.Model.Graph, variant.Overrides);
        var head = _audit.Plan.Geometry ? HeadFinder.Find(model.Model, _audit.Plan.Head).Require() : null;
        var meter = head is null ? null : Meter(head, model.Path);
        using var session = ModelSession.Open(variant, model.Input, head, _audit.Environment.Runtime, Settings());
        var facts = VariantFacts.Of(variant, model, _audit.UserMetrics, notes);
        foreach (var (cell, position) in pending)
        {
            cancellation.ThrowIfCancellationRequested();
            var suite = _audit.Suites.First(s => s.Plan.Id == cell.Suite);
            using var saliency = _audit.Plan.Saliency is null ? null : Saliency(variant, suite, model, session);
            new CellRun(_audit, cell, session, suite, model.Preprocessing, meter, head, facts, saliency).Run(_store,
                (done, rate) => _progress?.Report(new RunProgress(cell, position + 1, _audit.Cells.Count, done, suite.Dataset.Count, rate)), cancellation);
        }
    }

    private CellSaliency Saliency(ModelVariant variant, PreparedSuite suite, PreparedModel model, ModelSession session)
    {
        var shape = suite.Dataset.Shape;
        long[] dims = model.Input.ChannelsLast ? [shape.Height, shape.Width, shape.Channels] : [shape.Channels, shape.Height, shape.Width];
        var batch = Math.Min(session.FixedBatch ?? _audit.Plan.Batch, Math.Max(1, suite.Dataset.Count));
        return CellSaliency.Open(_audit, variant, dims, suite.Dataset.Count, batch, Settings());
    }

    private (ModelVariant Variant, IReadOnlyList<string> Notes) Variant(VariantPlan plan, PreparedModel model)
    {
        var dense = new ModelVariant(plan.Id, model.Model, model.Path, model.Sha256);
        if (plan.Mask is null) return (dense, []);
        var masks = Masks.Create(model.Model, plan.Mask, _audit.Plan.Threads);
        return (dense.Masked(plan.Id, masks.Masks, plan.Mask, _audit.Environment.ToolVersion), masks.Notes);
    }

    private GeometryMeter Meter(ClassifierHead head, string source)
    {
        var margin = _audit.Plan.Margin switch
        {
            "region" => MarginMode.PredictedRegion,
            "signed" => MarginMode.SignedTrueLabel,
            _ => MarginMode.PaperTrueLabel,
        };
        try
        {
            var directions = new ClassDirections(head.ClassCount, head.FeatureCount, head.Weights, head.Bias ?? []);
            return new GeometryMeter(directions, new GeometryOptions(margin, _audit.Plan.BiasAware), _audit.Kernels, _audit.Plan.Threads);
        }
        catch (AuditException e)
        {
            throw new AuditException(e.Code, $"{source}, {e.Where}", e.Found, e.Expected, e.Fix, e);
        }
    }

    private SessionSettings Settings() => new()
    {
        Threads = _audit.Plan.Threads,
        Provider = _audit.Plan.Device,
        ProviderOptions = _audit.Plan.DeviceOptions,
    };
}
