using OnnxAudit.Gradients;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Runtime;

namespace OnnxAudit.Saliency;

/// <summary>
/// The fused way's part of a gradient graph: one <see cref="MaskedSaliency"/> per layer, which also takes over the ReLU mask before it and the convolution
/// before that, and one per mask that stands before no layer.
/// </summary>
internal sealed class FusedProfile
{
    private readonly IReadOnlyList<FilterLayer> _places;

    private FusedProfile(IReadOnlyList<FilterLayer> places, string[] outputs, CustomOperators operators) => (_places, Outputs, Operators) = (places, outputs, operators);

    /// <summary>Names of the graph outputs that hold the layers' profiles, [n,K] each, in layer order.</summary>
    internal IReadOnlyList<string> Outputs { get; }

    /// <summary>What the session must know.</summary>
    internal CustomOperators Operators { get; }

    /// <summary>Puts the operators into the graph.</summary>
    internal static FusedProfile Put(SaliencyGraph graph, IReadOnlyList<FilterLayer> places, KernelSet kernels, FilterAggregate aggregation, int threads)
    {
        FusedLayer[] layers = [.. Enumerable.Range(0, places.Count).Select(i => FusedLayer.Of(graph, i))];
        var (e, outputs, convolutions) = (graph.Emit, new Value?[layers.Length], new List<TurnedConvolution>());
        foreach (var where in e.Graph.Nodes.Where(n => n.Is("Where")).ToArray())
            if (ReluMask.Of(e, where) is { } mask) Replace(where, mask, Array.FindIndex(layers, l => l.Gradients == where.Outputs[0]));
        for (var i = 0; i < layers.Length; i++)
            if (outputs[i] is null) Add([layers[i].Gradients, null, null, layers[i].Inputs], null, i, -1, -1);
        foreach (var output in outputs) e.Graph.AddOutput(output!);
        graph.Model.Opsets.Add(new(MaskedSaliency.Domain, 1));
        return new FusedProfile(places, [.. outputs.Select(o => o!.Name)], new CustomOperators(MaskedSaliency.Domain, [new MaskedSaliency(layers, convolutions, kernels, aggregation, threads)]));

        void Replace(Node where, ReluMask mask, int layer)
        {
            var (gradient, at) = (where.Outputs[0]!, e.Graph.Nodes.ToList().IndexOf(where));
            gradient.Type = e.Shapes.TypeOf(gradient);
            var (from, other) = (mask.Gradient, mask.Other);
            var made = TurnedConvolution.Of(e, from);
            if (made is null && TurnedConvolution.Of(e, other) is { } second) (made, other) = (second, from);
            if (made is not null) convolutions.Add(made);
            e.Graph.Remove(where);
            Add([made is null ? from : made.Source, other, mask.Output, layer < 0 ? null : layers[layer].Inputs], gradient, layer, made is null ? -1 : convolutions.Count - 1, at);
        }

        void Add(Value?[] inputs, Value? gradient, int layer, int convolution, int at)
        {
            var rows = layer < 0 ? null : outputs[layer] = e.Graph.NewValue($"profile/{layer}");
            if (rows is not null) rows.Type = new TensorType(ElementType.Float, [e.ShapeOf(layers[layer].Gradients)[0], layers[layer].Shape.Filters]);
            var node = e.Graph.AddNode(MaskedSaliency.OpName, inputs, [gradient, rows], $"saliency/{(rows ?? gradient)!.Name}", MaskedSaliency.Domain, at);
            node.Set(NodeAttribute.Of(MaskedSaliency.Layer, (long)layer)).Set(NodeAttribute.Of(MaskedSaliency.Convolution, (long)convolution)).Trim();
        }
    }

    /// <summary>Profiles [n,K] of the first n samples of a pass. results: the values of <see cref="Outputs"/>.</summary>
    internal void Gather(ReadOnlySpan<OrtTensor> results, int samples, Span<float> profiles)
    {
        var filters = _places[^1].First + _places[^1].Filters;
        for (var i = 0; i < _places.Count; i++)
        {
            var place = _places[i];
            var values = results[i].Values<float>();
            for (var n = 0; n < samples; n++) values.Slice(n * place.Filters, place.Filters).CopyTo(profiles.Slice(n * filters + place.First, place.Filters));
        }
    }
}
