using OnnxAudit.Data;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Runtime;

namespace OnnxAudit.Comparison.Layers;

/// <summary>
/// Compares the outputs of matched layers. Layers are taken in groups whose outputs in both models fit the byte budget; a group is two passes: the first model for the
/// range of its values, then both models for the change.
/// </summary>
internal sealed class ActivationComparison
{
    private readonly Model _first, _second;
    private readonly ActivationSource _source;
    private readonly LayerSettings _settings;
    private readonly CancellationToken _cancellation;
    private readonly List<string> _notes;

    private ActivationComparison(Model first, Model second, ActivationSource source, LayerSettings settings, List<string> notes, CancellationToken cancellation) =>
        (_first, _second, _source, _settings, _notes, _cancellation) = (first, second, source, settings, notes, cancellation);

    /// <summary>The changes of the layers of <paramref name="pairs"/> whose outputs can be compared; notes say which cannot. The graphs are as before afterwards.</summary>
    public static IReadOnlyList<ActivationChange> Of(Model first, Model second, IReadOnlyList<WeightPair> pairs, ActivationSource source, LayerSettings settings, List<string> notes,
        CancellationToken cancellation)
    {
        var comparison = new ActivationComparison(first, second, source, settings, notes, cancellation);
        var sites = comparison.Sites(pairs);
        var batch = sites.Count == 0 ? 1 : (int)Math.Clamp(settings.ByteBudget / sites.Max(s => s.Bytes), 1, settings.Batch);
        return [.. Groups(sites, settings.ByteBudget / batch).SelectMany(group => comparison.Group(group, batch))];
    }

    private static IEnumerable<List<ActivationSite>> Groups(IReadOnlyList<ActivationSite> sites, long bytesPerSample)
    {
        var group = new List<ActivationSite>();
        foreach (var site in sites)
        {
            if (group.Count > 0 && group.Sum(s => s.Bytes) + site.Bytes > bytesPerSample)
            {
                yield return group;
                group = [];
            }

            group.Add(site);
        }

        if (group.Count > 0) yield return group;
    }

    private List<ActivationSite> Sites(IReadOnlyList<WeightPair> pairs)
    {
        var (first, second) = (Facts(_first, _source.First), Facts(_second, _source.Second));
        var sites = new List<ActivationSite>();
        foreach (var pair in pairs)
        {
            if (pair.First.Node.Output(0) is not { } a || pair.Second.Node.Output(0) is not { } b) continue;
            if (sites.Any(s => s.First == a || s.Second == b)) continue;
            if (Sample(first, a) is not { } shape || Sample(second, b) is not { } other)
                _notes.Add($"Layer {pair.First.Layer}: its output is no floating-point tensor with the batch first in both models; left out of the activations.");
            else if (!shape.SequenceEqual(other))
                _notes.Add($"Layer {pair.First.Layer}: its output is [{string.Join(',', shape)}] in one model and [{string.Join(',', other)}] in the other; left out of the activations.");
            else sites.Add(new ActivationSite(pair.First.Layer, pair.Second.Layer, a, b, shape));
        }

        return sites;
    }

    private ShapeFacts Facts(Model model, Preprocessing? preprocessing)
    {
        var facts = ShapeFacts.Of(model.Graph);
        var input = LayerTap.InputOf(model);
        var sample = _source.Data.Shape;
        long[] dims = preprocessing?.Layout == "NHWC" ? [sample.Height, sample.Width, sample.Channels] : [sample.Channels, sample.Height, sample.Width];
        var batch = input.Type?.Shape is [{ Size: { } size }, ..] ? size : ShapeProbe.Batch;
        ShapeProbe.Fill(facts, model, _source.Library, new Dictionary<string, long[]> { [input.Name] = [batch, .. dims] });
        return facts;
    }

    private static long[]? Sample(ShapeFacts facts, Value value) =>
        facts.TypeOf(value) is { Element: ElementType.Float or ElementType.Float16 or ElementType.Double, Shape: { Count: > 1 } shape } && shape.Skip(1).All(d => d.Size is > 0)
            ? [.. shape.Skip(1).Select(d => d.Size!.Value)] : null;

    private IEnumerable<ActivationChange> Group(List<ActivationSite> group, int batch)
    {
        using var first = LayerTap.Open(_first, [.. group.Select(s => s.First)], _source);
        using var second = LayerTap.Open(_second, [.. group.Select(s => s.Second)], _source);
        var size = Math.Min(batch, Math.Min(first.FixedBatch ?? batch, second.FixedBatch ?? batch));
        var ranges = group.Select(_ => (Low: float.PositiveInfinity, High: float.NegativeInfinity)).ToArray();
        using (var stream = BatchStream.Over(_source.Data, _source.First, size, cancel: _cancellation))
            foreach (var samples in stream)
                first.Run(samples, _cancellation, (site, values) =>
                {
                    foreach (var value in values)
                        if (float.IsFinite(value)) ranges[site] = (Math.Min(ranges[site].Low, value), Math.Max(ranges[site].High, value));
                });
        var counts = ranges.Select(r => new ChangeCount(ChangeHistogram.RoundEdges(r.Low, r.High, _settings.ActivationBins))).ToArray();
        using var firsts = BatchStream.Over(_source.Data, _source.First, size, cancel: _cancellation);
        using var seconds = BatchStream.Over(_source.Data, _source.Second, size, cancel: _cancellation);
        using var others = seconds.GetEnumerator();
        var kept = new float[group.Count][];
        foreach (var samples in firsts)
        {
            others.MoveNext();
            first.Run(samples, _cancellation, (site, values) => kept[site] = values.ToArray());
            second.Run(others.Current, _cancellation, (site, values) => counts[site].Add(kept[site], values));
        }

        return [.. group.Select((s, i) => new ActivationChange(s.Layer, s.OtherLayer, s.Sample, ElementChange.Of(counts[i])))];
    }
}

/// <summary>A layer whose output is compared.</summary>
/// <param name="Layer">Its node in the first model.</param>
/// <param name="OtherLayer">Its node in the second.</param>
/// <param name="First">Its output in the first.</param>
/// <param name="Second">Its output in the second.</param>
/// <param name="Sample">Shape of one sample's output.</param>
internal sealed record ActivationSite(string Layer, string OtherLayer, Value First, Value Second, long[] Sample)
{
    /// <summary>Bytes of one sample's outputs: each model's, and the copy of the first's that the second's is held against.</summary>
    public long Bytes => Sample.Aggregate(3L * sizeof(float), (a, b) => a * b);
}
