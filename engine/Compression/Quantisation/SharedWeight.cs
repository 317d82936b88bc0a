using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>A float32 weight and every layer that reads it, to be stored in another code once for all of them.</summary>
/// <param name="Source">The value the layers read.</param>
/// <param name="Layers">The layers, in file order.</param>
internal sealed record SharedWeight(Value Source, IReadOnlyList<QuantisableLayer> Layers)
{
    private Graph Graph => Source.Graph;

    /// <summary>The weight.</summary>
    public Tensor Weight => Layers[0].Weight;

    /// <summary>The weights of layers, in file order.</summary>
    public static IReadOnlyList<SharedWeight> Of(IEnumerable<QuantisableLayer> layers) =>
        [.. layers.GroupBy(l => l.Node.Input(1)!).Select(g => new SharedWeight(g.Key, [.. g]))];

    /// <summary>The coded tensor as an initializer: under the weight's own name where that is an initializer nobody else reads, so that patterns and lineage keep finding it.</summary>
    public Value Store(Tensor coded, string suffix)
    {
        var alone = Source is { Initializer: not null, IsOutput: false } && Source.Uses.All(u => u.Index == 1 && Layers.Any(l => l.Node == u.Node));
        if (!alone) return Graph.SetInitializer(Graph.NewValue($"{Source.Name}_{suffix}").Name, coded);
        Graph.RemoveInput(Source);
        Source.Type = null;
        return Graph.SetInitializer(Source.Name, coded);
    }

    /// <summary>A node before the first of the layers and the value it makes.</summary>
    public Value Add(string opType, ReadOnlySpan<Value?> inputs, string suffix, ElementType type, params ReadOnlySpan<NodeAttribute> attributes)
    {
        var output = Graph.NewValue($"{Source.Name}_{suffix}");
        output.Type = new TensorType(type, [.. Weight.Dims.ToArray().Select(d => (Dim)d)]);
        var at = 0;
        while (Graph.Nodes[at] != Layers[0].Node) at++;
        var node = Graph.AddNode(opType, inputs, [output], output.Name, at: at);
        foreach (var attribute in attributes) node.Set(attribute);
        return output;
    }

    /// <summary>Makes the layers read <paramref name="decoded"/>.</summary>
    public void Use(Value decoded)
    {
        foreach (var layer in Layers) layer.Node.SetInput(1, decoded);
    }

    /// <summary>What became of the weight.</summary>
    public CodedLayer Report(ReadOnlySpan<float> decoded, double bits) => CodedLayer.Of(Layers[0].Name, Source.Name, Weight.Span<float>(), decoded, bits);
}
