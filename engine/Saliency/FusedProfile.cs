using OnnxAudit.Kernels;
using OnnxAudit.Runtime;

namespace OnnxAudit.Saliency;

/// <summary>Turns what the fused way takes out of a pass, every layer's X and dY, into profiles.</summary>
internal sealed class FusedProfile
{
    private readonly FusedLayer[] _layers;
    private readonly IReadOnlyList<FilterLayer> _places;
    private readonly float[]?[] _scales;
    private readonly FilterSaliencyForm _form;
    private readonly FilterAggregate _aggregation;
    private readonly int _threads;
    private readonly int _filters;
    private readonly string _image;

    private FusedProfile(FusedLayer[] layers, IReadOnlyList<FilterLayer> places, SaliencyGraph graph, FilterSaliencyForm form, FilterAggregate aggregation, int threads, string image)
    {
        (_layers, _places, _scales, _form, _aggregation, _threads, _image) = (layers, places, graph.Scales, form, aggregation, threads, image);
        _filters = places[^1].First + places[^1].Filters;
        Outputs = [.. layers.SelectMany(l => new[] { l.Inputs, l.Gradients }).Distinct().Where(name => name != image)];
    }

    /// <summary>Names of the values wanted from a pass.</summary>
    internal IReadOnlyList<string> Outputs { get; }

    /// <summary>Lists what the layers need among the outputs of <paramref name="graph"/>. image: name of the graph's image input.</summary>
    internal static FusedProfile Over(SaliencyGraph graph, IReadOnlyList<FilterLayer> places, FilterSaliencyForm form, FilterAggregate aggregation, int threads, string image) =>
        new([.. Enumerable.Range(0, places.Count).Select(i => FusedLayer.Expose(graph, i))], places, graph, form, aggregation, threads, image);

    /// <summary>Profiles [n,K] of the first n samples of a pass. image: what was fed; results: the values of <see cref="Outputs"/>.</summary>
    internal void Reduce(OrtTensor image, ReadOnlySpan<OrtTensor> results, int samples, Span<float> profiles)
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            var layer = _layers[i];
            var x = Of(layer.Inputs, image, results);
            var gradients = Of(layer.Gradients, image, results);
            FilterSaliency.Run(_form, layer.Shape with { Samples = samples }, x, gradients, profiles[_places[i].First..], _filters, _aggregation, _scales[i], _threads);
        }
    }

    private ReadOnlySpan<float> Of(string name, OrtTensor image, ReadOnlySpan<OrtTensor> results)
    {
        if (name == _image) return image.Values<float>();
        for (var i = 0; i < Outputs.Count; i++)
            if (Outputs[i] == name) return results[i].Values<float>();
        throw new InvalidOperationException($"'{name}' is no output of the gradient graph");
    }
}
