using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Compression.Quantisation;

/// <summary>
/// Which layers and activations of a graph become 8-bit. Layers: <see cref="QuantisableLayer"/>. Activations: 1. what layers, Adds of two activations and average
/// pools read; 2. what convolutions, those Adds and pools make, behind a Relu or Clip that alone reads it; 3. of these, what a layer depends on: after the
/// last layer all stays float32, so that scores do not fall on a grid. What only moves or picks elements (MaxPool, Flatten, …) keeps the code of what it reads.
/// </summary>
internal sealed class QuantisationPlan
{
    private QuantisationPlan(IReadOnlyList<QuantisableLayer> layers, IReadOnlyDictionary<Value, Value> activations, IReadOnlySet<Node> excluded) =>
        (Layers, Activations, Excluded) = (layers, activations, excluded);

    /// <summary>Layers whose weights become int8, in file order.</summary>
    public IReadOnlyList<QuantisableLayer> Layers { get; }

    /// <summary>Activations that become 8-bit, in file order, and the activation whose range each has.</summary>
    public IReadOnlyDictionary<Value, Value> Activations { get; }

    /// <summary>Nodes that keep reading float32.</summary>
    public IReadOnlySet<Node> Excluded { get; }

    /// <summary>Plans a graph, which stays as it is.</summary>
    /// <exception cref="AuditException">Usage: an exclusion that fits nothing. Invalid: quantised already, or nothing to quantise.</exception>
    public static QuantisationPlan Of(Model model, IReadOnlyList<string> exclude)
    {
        var graph = model.Graph;
        LayerChoice.RequireFloat(model);
        var facts = ShapeFacts.Of(graph);
        bool IsFloat(Value? v) => v is not null && Constants.Resolve(v) is null && facts.TypeOf(v)?.Element == ElementType.Float;
        var found = graph.Nodes.Select(QuantisableLayer.Of).OfType<QuantisableLayer>().Where(l => IsFloat(l.Node.Input(0))).ToList();
        var joins = graph.Nodes.Where(n => (n.Is("Add") && IsFloat(n.Input(0)) && IsFloat(n.Input(1)))
            || ((n.Is("GlobalAveragePool") || n.Is("AveragePool")) && IsFloat(n.Input(0)))).ToList();
        var excluded = ExcludedBy(exclude, found, joins);
        var layers = found.Where(l => !excluded.Contains(l.Node)).ToArray();
        if (layers.Length == 0) throw LayerChoice.NothingLeft(model, found.Count);
        joins.RemoveAll(excluded.Contains);
        var needed = NeededBy(layers.Select(l => l.Node.Input(0)!));
        var wanted = new HashSet<Value>();
        foreach (var node in layers.Select(l => l.Node).Concat(joins))
        {
            foreach (var input in node.Is("Add") ? node.Inputs : node.Inputs.Take(1)) wanted.Add(input!);
            if (!node.Is("Gemm") && !node.Is("MatMul")) wanted.Add(Activated(node.Output(0)!));
        }

        wanted.UnionWith(wanted.Select(Root).ToArray());
        wanted.RemoveWhere(v => !needed.Contains(v) || v.Graph != graph || !IsFloat(v));
        var order = graph.Inputs.Concat(graph.Nodes.SelectMany(n => n.Outputs).OfType<Value>()).Where(wanted.Contains);
        return new QuantisationPlan(layers, new Dictionary<Value, Value>(order.Select(v => KeyValuePair.Create(v, Root(v)))), excluded);
    }

    private static HashSet<Node> ExcludedBy(IReadOnlyList<string> patterns, List<QuantisableLayer> layers, List<Node> joins)
    {
        var excluded = new HashSet<Node>();
        foreach (var text in patterns)
        {
            var pattern = new NamePattern(text);
            Node[] hit = [.. layers.Where(l => l.Fits(pattern)).Select(l => l.Node), .. joins.Where(n => QuantisableLayer.Fits(n, pattern))];
            if (hit.Length == 0) throw LayerChoice.NothingFits(text, layers);
            excluded.UnionWith(hit);
        }

        return excluded;
    }

    // Every value the given ones depend on, themselves included.
    private static HashSet<Value> NeededBy(IEnumerable<Value> values)
    {
        var needed = new HashSet<Value>();
        var open = new Stack<Value>(values);
        while (open.TryPop(out var value))
            if (needed.Add(value) && value.Producer is { } maker)
                foreach (var input in maker.Inputs.OfType<Value>()) open.Push(input);
        return needed;
    }

    private static Value Activated(Value value) => !value.IsOutput && value.Uses is [{ Index: 0, Node: { } reader }] && reader.Graph == value.Graph
        && (reader.Is("Relu") || (reader.Is("Clip") && reader.Inputs.Skip(1).All(i => i is null || Constants.Resolve(i) is not null))) ? reader.Output(0)! : value;

    private static Value Root(Value value)
    {
        while (value.Producer is { } maker && Moves(maker) && maker.Input(0) is { } before) value = before;
        return value;
    }

    private static bool Moves(Node node) => (node.Is("MaxPool") || node.Is("GlobalMaxPool") || node.Is("Flatten") || node.Is("Reshape") || node.Is("Squeeze") || node.Is("Unsqueeze")
        || node.Is("Transpose") || node.Is("Identity")) && node.Outputs.Skip(1).All(o => o is null);
}
