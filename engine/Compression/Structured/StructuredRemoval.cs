using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Compression.Structured;

/// <summary>The shrink operation: a model file in, one with fewer channels out. What depends on a channel goes with it, so the rest computes what it did.</summary>
public static class StructuredRemoval
{
    /// <summary>Removes and writes. The same input, data, seed, threads and runtime give the same bytes.</summary>
    /// <param name="request">Files and choices.</param>
    /// <param name="clock">Measures latency.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="AuditException">Usage: numbers out of range, a pattern that fits nothing, files that are one. Invalid: the model or data, or nothing to remove.</exception>
    public static StructuredReport Run(StructuredRequest request, TimeProvider clock, CancellationToken cancellation = default)
    {
        request.Validated();
        var model = OnnxReader.Read(request.ModelPath);
        var external = model.Graph.Initializers.Any(v => v.Initializer!.Storage is TensorStorage { Form: TensorForm.External });
        var dataPath = external ? request.OutPath + ".data" : null;
        OutputPaths.Check(ModelFiles.Of(model, request.ModelPath).Select((file, i) => (i == 0 ? "the input" : "the input's weights", file.Path)),
            [("the output", request.OutPath), ("the output's weights", dataPath)]);
        var bytesBefore = ModelFiles.BytesOf(model, request.ModelPath);
        var parent = new RecipeParent("base", ModelFiles.DigestOf(model, request.ModelPath), Path.GetFileName(request.ModelPath));
        var (walk, sets) = Plan(model, request);
        var before = ModelCost.Of(model, request.Runtime);
        var products = StructuredCriteria.NeedsData(request.Criterion) ? FilterProducts.Of(model, walk, request, cancellation) : null;
        var notes = new List<string>();
        var importance = GroupImportance.Of(walk, sets, request.Criterion, request.Seed, products is null ? null : products.Of);
        var kept = Kept(sets, importance);
        if (kept.Sum(k => k.Channels) == sets.Sum(s => s.Groups.Count)) throw Nothing(request, kept);
        var gone = GroupSelection.Of(walk, sets, importance, request.Amount, request.Scope, request.MultipleOf, notes);
        if (gone.Count == 0) throw TooLittle(request, sets);
        var removal = new Removal(walk.Ids, gone);
        if (request.ZeroOnly) Shrinking.Zero(model, walk, removal);
        else Shrinking.Apply(model, walk, removal);
        var after = ModelCost.Of(model, request.Runtime);
        if (request.Preprocessing is { } given) model.SetMetadata(Preprocessing.MetadataKey, given.ToJson());
        else notes.AddRange(CarriedPreprocessing.Into(model, request.ModelPath));
        var recipe = new Recipe("shrink", request.Parameters(products?.Data, products?.Samples ?? 0), [parent], request.ToolVersion);
        recipe.WriteTo(model);
        OnnxWriter.Write(model, request.OutPath, new OnnxWriteOptions { ExternalDataFile = Path.GetFileName(dataPath) });
        var latency = request.LatencyRuns == 0 ? [] : ModelLatency.Of(request.Runtime, [(model, request.ModelPath), (model, request.OutPath)],
            new SessionSettings { Threads = request.Threads }, request.LatencyRuns, clock, cancellation);
        return new StructuredReport(request.OutPath, Digest.OfFile(request.OutPath), recipe, before, after, [.. before.Layers.Zip(after.Layers, (b, a) => new LayerChange(b, a))],
            sets.Sum(s => s.Free.Count(g => importance.ContainsKey(g.Root))), gone.Count, kept, bytesBefore,
            new FileInfo(request.OutPath).Length + (dataPath is not null && File.Exists(dataPath) ? new FileInfo(dataPath).Length : 0),
            latency.Count == 0 ? null : latency[0], latency.Count == 0 ? null : latency[1], notes);
    }

    /// <summary>What <see cref="Run"/> would refuse of a request, found without scoring a channel.</summary>
    /// <param name="request">Files and choices.</param>
    /// <param name="graph">Whether the model's file is there to be looked at, or one with the same layers.</param>
    /// <exception cref="AuditException">As <see cref="Run"/>.</exception>
    public static void Check(StructuredRequest request, bool graph)
    {
        request.Validated();
        if (!graph) return;
        var model = OnnxReader.Read(request.ModelPath);
        var (_, sets) = Plan(model, request);
        if (!sets.Any(s => request.Amount * s.Free.Count() + 1e-9 >= 1) && (request.Scope == MaskScope.Layer || request.Amount * sets.Sum(s => s.Free.Count()) + 1e-9 < 1)) throw TooLittle(request, sets);
        if (request.Data is { } data) GradientData.Open(model, request.ModelPath, request.DataOf(data), request.Threads).Data.Dispose();
    }

    /// <summary>Walks a model and finds its layer sets. Shapes that it computes become constants first.</summary>
    internal static (ChannelWalk Walk, IReadOnlyList<LayerSet> Sets) Plan(Model model, StructuredRequest request)
    {
        var facts = ShapeFacts.Of(model.Graph);
        ShapeProbe.Fill(facts, model, request.Runtime);
        ShapeFolding.Fold(model.Graph, facts);
        var walk = ChannelWalk.Of(model, facts);
        var sets = LayerSet.Of(walk, request.Include, request.Exclude);
        if (!sets.Any(s => s.Free.Any())) throw Nothing(request, Kept(sets, null));
        return (walk, sets);
    }

    private static IReadOnlyList<KeptChannels> Kept(IReadOnlyList<LayerSet> sets, IReadOnlyDictionary<int, double>? importance) =>
    [
        .. sets.SelectMany(set => set.Groups
            .Select(g => g.Kept ?? (importance is null || importance.ContainsKey(g.Root) ? null : "no batch normalisation follows, so they have no scale"))
            .OfType<string>().CountBy(why => why).Select(w => new KeptChannels(set.Name, w.Value, w.Key))),
    ];

    private static AuditException Nothing(StructuredRequest request, IReadOnlyList<KeptChannels> kept) => new(
        request.Include.Count + request.Exclude.Count > 0 ? AuditCode.Usage : AuditCode.Invalid, request.ModelPath, "no channel that may go",
        "a layer whose channels no output and no operator without a rule depends on",
        kept.Count == 0 ? "The model has no convolution or linear layer with constant weights." : $"{string.Join(" ", kept.Take(5).Select(k => $"{k.Layers}: {k.Why}."))}{(kept.Count > 5 ? " …" : "")}");

    private static AuditException TooLittle(StructuredRequest request, IReadOnlyList<LayerSet> sets) => new(
        AuditCode.Usage, FormattableString.Invariant($"amount {request.Amount}"), "no channel to remove",
        FormattableString.Invariant($"at least one whole group: the largest set of layers has {sets.Max(s => s.Free.Count())}{(request.MultipleOf > 1 ? $" and keeps a multiple of {request.MultipleOf}" : "")}"),
        "Raise the amount, or take --scope global.");
}
