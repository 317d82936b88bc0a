using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Structured;

/// <summary>
/// Follows channels through a graph. Every filter makes a channel with an identity; the rules of <see cref="ChannelTable"/> carry identities from value to value
/// and tie those that must go together. What no rule follows keeps the channels that reach it, with the reason.
/// </summary>
internal sealed class ChannelWalk
{
    private readonly Dictionary<Value, ChannelMap> _maps = [];
    private readonly HashSet<Node> _passed = [];

    private ChannelWalk(long opset) => Opset = opset;

    /// <summary>Version of ONNX's operator set.</summary>
    public long Opset { get; }

    /// <summary>Identities and ties.</summary>
    public ChannelIds Ids { get; } = new();

    /// <summary>Values with channels, in file order.</summary>
    public IReadOnlyDictionary<Value, ChannelMap> Maps => _maps;

    /// <summary>Layers that make channels, in file order.</summary>
    public List<LayerFilters> Layers { get; } = [];

    /// <summary>Constants with a slice per channel.</summary>
    public List<WeightSlice> Slices { get; } = [];

    /// <summary>Scales of batch normalisation and the channel of each entry.</summary>
    public List<(Tensor Scale, int[] Ids)> Scales { get; } = [];

    /// <summary>What else changes.</summary>
    public List<ChannelEdit> Edits { get; } = [];

    /// <summary>Walks a model, which stays as it is.</summary>
    /// <param name="model">The model.</param>
    /// <param name="facts">Shapes of its values.</param>
    public static ChannelWalk Of(Model model, ShapeFacts facts)
    {
        var walk = new ChannelWalk(model.Opset);
        foreach (var node in model.Graph.Nodes.Where(n => !walk._passed.Contains(n))) walk.Follow(node, facts);
        foreach (var output in model.Graph.Outputs)
            if (walk.MapOf(output) is { } map) walk.Ids.Keep(map.Ids, $"they are the output '{output.Name}'");
        return walk;
    }

    /// <summary>The channels of a value; null when it has none that are followed.</summary>
    public ChannelMap? MapOf(Value value) => _maps.GetValueOrDefault(value);

    /// <summary>Says which channels a value has.</summary>
    public void Set(Value value, ChannelMap map) => _maps[value] = map;

    /// <summary>Says that nodes were followed together with one before them.</summary>
    public void Pass(IEnumerable<Node> nodes) => _passed.UnionWith(nodes);

    private void Follow(Node node, ShapeFacts facts)
    {
        var arriving = GraphOrder.Needs(node).Select(MapOf).OfType<ChannelMap>().ToArray();
        var row = ChannelTable.Find(node);
        if (arriving.Length == 0 && row is not { MakesChannels: true }) return;
        var reason = row is null ? "no rule follows channels through this operator" : row.Value.Follow(new NodeChannels(this, node, facts));
        if (reason is null) return;
        foreach (var map in arriving) Ids.Keep(map.Ids, $"they reach {node}: {reason}");
    }
}
