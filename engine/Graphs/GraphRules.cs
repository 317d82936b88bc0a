namespace OnnxAudit.Graphs;

/// <summary>The invariants of a graph, one row each; a broken one names node, operator and value.</summary>
public static class GraphRules
{
    private static readonly (string Name, Func<Graph, string?> Broken)[] Rules =
    [
        ("every input edge is recorded as a use", UsesRecorded),
        ("every use points back", UsesPointBack),
        ("every output edge knows its producer", ProducersKnown),
        ("a value is defined before it is used", DefinedBeforeUse),
        ("no node produces an initializer or a graph input", NotProducedTwice),
        ("every graph output is defined", OutputsDefined),
    ];

    /// <summary>The first broken invariant of this graph or one of its subgraphs, or null when all hold.</summary>
    public static string? FirstBroken(Graph graph)
    {
        foreach (var (name, broken) in Rules)
            if (broken(graph) is { } detail) return $"{name}: {detail}";
        return Subgraphs(graph).Select(FirstBroken).FirstOrDefault(b => b is not null);
    }

    /// <summary>The graphs held in the attributes of a graph's nodes.</summary>
    public static IEnumerable<Graph> Subgraphs(Graph graph) => graph.Nodes.SelectMany(Subgraphs);

    /// <summary>The graphs held in the attributes of a node.</summary>
    public static IEnumerable<Graph> Subgraphs(Node node)
    {
        foreach (var attribute in node.Attributes)
        {
            if (attribute.Value is Graph one) yield return one;
            if (attribute.Value is not Graph[] many) continue;
            foreach (var graph in many) yield return graph;
        }
    }

    private static string? UsesRecorded(Graph graph)
    {
        var recorded = new Dictionary<Value, HashSet<Use>>();
        foreach (var node in graph.Nodes)
            for (var i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i] is not { } v) continue;
                if (!recorded.TryGetValue(v, out var uses)) recorded[v] = uses = [.. v.Uses];
                if (!uses.Contains(new Use(node, i))) return $"{node} input {i} '{v}'";
            }

        return null;
    }

    private static string? UsesPointBack(Graph graph)
    {
        foreach (var value in graph.Values)
            foreach (var use in value.Uses)
                if (use.Node.Input(use.Index) != value) return $"value '{value}' claims use {use.Index} of {use.Node}";
        return null;
    }

    private static string? ProducersKnown(Graph graph)
    {
        foreach (var node in graph.Nodes)
            for (var i = 0; i < node.Outputs.Count; i++)
                if (node.Outputs[i] is { } v && (v.Producer != node || v.ProducerIndex != i)) return $"{node} output {i} '{v}'";
        return null;
    }

    private static string? DefinedBeforeUse(Graph graph)
    {
        if (GraphOrder.FirstMisplaced(graph) is { } wrong) return $"{wrong.Node} uses '{wrong.Needs}'";
        foreach (var node in graph.Nodes)
            foreach (var value in GraphOrder.Needs(node))
                if (value.Producer is null && value.Initializer is null && !value.IsInput) return $"{node} uses '{value}'";
        return null;
    }

    private static string? NotProducedTwice(Graph graph)
    {
        foreach (var node in graph.Nodes)
            foreach (var output in node.Outputs)
                if (output is not null && (output.Initializer is not null || output.IsInput)) return $"{node} makes '{output}'";
        return null;
    }

    private static string? OutputsDefined(Graph graph)
    {
        foreach (var output in graph.Outputs)
            if (output.Producer is null && output.Initializer is null && !output.IsInput && graph.Parent?.Resolve(output.Name) is null)
                return $"'{output}'";
        return null;
    }
}
