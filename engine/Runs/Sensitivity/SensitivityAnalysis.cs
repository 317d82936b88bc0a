using OnnxAudit.Compression;
using OnnxAudit.Graphs;
using OnnxAudit.Runtime;

namespace OnnxAudit.Runs.Sensitivity;

/// <summary>
/// Tries every edit on every layer by itself and says which layers bear it. "Nothing eligible" is not "robust": a layer that had no weight to lose was not tested.
/// The graph is read once; a layer's edit is exactly <c>prune --scope layer --include LAYER</c>.
/// </summary>
public sealed class SensitivityAnalysis
{
    private readonly SensitivityRequest _request;
    private readonly SensitivityProbe _probe;
    private readonly IReadOnlyList<PrunableTensor> _tensors;
    private readonly List<string> _notes = [];

    private SensitivityAnalysis(SensitivityRequest request, SensitivityProbe probe)
    {
        (_request, _probe) = (request, probe);
        _tensors = Prunable.Find(probe.Model, request.Edits[0].Include, request.Edits[0].Exclude);
    }

    /// <summary>Runs the edits. When cancelled, the report holds the layers and edits that were measured and says so.</summary>
    /// <exception cref="AuditException">Usage: the request. Invalid: model or data.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the model itself was measured.</exception>
    public static SensitivityReport Run(SensitivityRequest request, IProgress<SensitivityProgress>? progress = null, CancellationToken cancellation = default)
    {
        request.Validated();
        using var probe = SensitivityProbe.Open(request);
        return new SensitivityAnalysis(request, probe).Run(progress, cancellation);
    }

    private SensitivityReport Run(IProgress<SensitivityProgress>? progress, CancellationToken cancellation)
    {
        if (!_probe.HasGeometry) _notes.Add("No classifier head was found: no margins.");
        var untouchable = FixedLayers.Of(_probe.Model).Select(l => new LayerSensitivity(l.Name, l.Name, l.OpType, 0,
            [.. _request.Edits.Select(e => new LayerEdit(e, 0, 0, null, l.Reason))], LayerVerdict.NothingEligible)).ToArray();
        if (_tensors.Count == 0 && untouchable.Length == 0)
            throw new AuditException(AuditCode.Invalid, _request.ModelPath, "no layer with weights", "Conv, ConvTranspose, Gemm or MatMul", "Give a model with such layers.");
        var (before, _, _) = _probe.Measure([], latency: false, cancellation);
        var layers = new List<LayerSensitivity>();
        var prunes = new List<SuggestedPrune>();
        try
        {
            var masks = _request.Edits.Select(e => MasksOf(e, cancellation)).ToArray();
            var (done, of) = (0, (_tensors.Count + 1) * _request.Edits.Count);
            foreach (var tensor in _tensors)
            {
                var edits = new List<LayerEdit>();
                layers.Add(new LayerSensitivity(tensor.Name, tensor.NodeName, tensor.OpType, tensor.Tensor.Count, edits, LayerVerdict.Robust));
                foreach (var (e, recipe) in _request.Edits.Index())
                {
                    progress?.Report(new SensitivityProgress(done++, of, $"{tensor.Name} at {LayerEdit.NameOf(recipe)}"));
                    edits.Add(Edit(recipe, tensor, masks[e]?.Find(tensor.Name), cancellation));
                }

                layers[^1] = layers[^1] with { Verdict = Verdict(edits, before) };
            }

            foreach (var (e, recipe) in _request.Edits.Index())
            {
                progress?.Report(new SensitivityProgress(done++, of, $"all that bear it at {LayerEdit.NameOf(recipe)}"));
                prunes.Add(Prune(recipe, masks[e], layers.Select(l => l.Edits[e]).ToArray(), before, cancellation));
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            layers.RemoveAll(l => l.Edits.Count < _request.Edits.Count);
            return Report([], complete: false);
        }

        return Report(prunes, complete: true);

        SensitivityReport Report(IReadOnlyList<SuggestedPrune> made, bool complete) => new(
            _request.ModelPath, $"{_probe.Data.Id} sha256:{_probe.Data.Digest}", _request.Tolerance, before, [.. layers, .. untouchable], made, complete, _notes);
    }

    // Layers do not compete: the masks of all of them at once are those of each by itself.
    private MaskSet? MasksOf(MaskRecipe recipe, CancellationToken cancellation)
    {
        if (!_tensors.Any(t => Obstacle(t, recipe) is null)) return null;
        var source = MaskMethods.NeedsData(recipe.Method)
            ? new GradientSource(_request.Runtime, _probe.Data, _probe.Preprocessing) { Head = _request.Head, Settings = new SessionSettings { Threads = _request.Threads }, Cancellation = cancellation } : null;
        return Masks.Create(_probe.Model, source is null ? recipe : recipe.Over(source), _request.Threads, source).Masks;
    }

    private static string? Obstacle(PrunableTensor tensor, MaskRecipe recipe) => recipe.Pattern is { } pattern ? PatternSelection.Obstacle(tensor, pattern) : null;

    private LayerEdit Edit(MaskRecipe recipe, PrunableTensor tensor, Mask? mask, CancellationToken cancellation)
    {
        if (Obstacle(tensor, recipe) is { } obstacle) return new LayerEdit(recipe, 0, 0, null, $"pattern {recipe.Pattern} does not fit {obstacle}");
        if (mask is null) return new LayerEdit(recipe, 0, 0, null, "no scores for it");
        var removed = mask.Count - mask.Kept;
        if (removed == 0) return new LayerEdit(recipe, 0, 0, null, FormattableString.Invariant($"no whole weight of {mask.Count}"));
        var masked = mask.Apply(tensor.Tensor);
        var changed = Zeros.Of(masked) - Zeros.Of(tensor.Tensor);
        if (changed == 0) return new LayerEdit(recipe, removed, 0, null, FormattableString.Invariant($"all {removed} are 0 already"));
        var (figures, latency, before) = _probe.Measure([KeyValuePair.Create(tensor.Name, masked)], _request.LatencyRuns > 0, cancellation);
        return new LayerEdit(recipe, removed, changed, figures, null) { Latency = latency, LatencyBefore = before };
    }

    private SuggestedPrune Prune(MaskRecipe recipe, MaskSet? masks, LayerEdit[] edits, EditFigures before, CancellationToken cancellation)
    {
        var excluded = _tensors.Where((_, i) => edits[i].Figures is { } f && f.Loses(_request.Tolerance, before)).Select(t => t.Name).ToArray();
        var taken = (masks ?? Enumerable.Empty<Mask>()).Where(m => !excluded.Contains(m.Tensor)).ToArray();
        if (!taken.Any(m => m.Kept < m.Count)) return new SuggestedPrune(null, excluded, null) { Name = LayerEdit.NameOf(recipe) };
        var made = recipe with { Exclude = excluded.Length == 0 ? recipe.Exclude : [.. recipe.Exclude ?? [], .. excluded] };
        var (figures, _, _) = _probe.Measure(MaskApplication.Overrides(_probe.Model, new MaskSet(taken)), latency: false, cancellation);
        return new SuggestedPrune(made, excluded, figures) { Name = LayerEdit.NameOf(recipe) };
    }

    private LayerVerdict Verdict(List<LayerEdit> edits, EditFigures before)
    {
        var measured = edits.Select(e => e.Figures).OfType<EditFigures>().ToArray();
        return measured.Length == 0 ? LayerVerdict.NothingEligible
            : measured.Any(f => f.Loses(_request.Tolerance, before)) ? LayerVerdict.Fragile
            : measured.All(f => f.Scores == before.Scores) ? LayerVerdict.NoEffect : LayerVerdict.Robust;
    }
}
