namespace OnnxAudit.Graphs;

/// <summary>Takes away what no output of a graph depends on.</summary>
public static class GraphTrim
{
    /// <summary>
    /// 1. Nodes none of whose outputs reach a graph output, in subgraphs too; 2. initializers nobody reads, unless listed as graph inputs or outputs;
    /// 3. values left without maker, reader or listing. Graph inputs stay. Outputs of kept nodes that nobody reads keep their names. Says whether a node or an initializer went.
    /// </summary>
    public static bool Trim(Graph graph)
    {
        var changed = false;
        foreach (var inner in GraphRules.Subgraphs(graph)) changed |= Trim(inner);
        var needed = Needed(graph);
        foreach (var node in graph.Nodes.Where(n => !needed.Contains(n)).Reverse().ToArray())
        {
            Release(node);
            graph.Remove(node);
            changed = true;
        }

        var listed = new HashSet<Value>(Listed(graph));
        foreach (var value in graph.Initializers.Where(v => v.Uses.Count == 0 && !v.IsInput && !listed.Contains(v)).ToArray())
        {
            graph.SetInitializer(value.Name, null);
            changed = true;
        }

        foreach (var value in graph.Values.Where(v => v.Producer is null && v.Initializer is null && v.Uses.Count == 0 && !v.IsInput && !listed.Contains(v)).ToArray())
            graph.Forget(value);
        return changed;
    }

    private static HashSet<Node> Needed(Graph graph)
    {
        var needed = new HashSet<Node>();
        var open = new Stack<Value>(graph.Outputs.Where(o => o.Graph == graph));
        while (open.TryPop(out var value))
            if (value.Producer is { } maker && needed.Add(maker))
                foreach (var input in GraphOrder.Needs(maker)) open.Push(input);
        return needed;
    }

    // A removed node's subgraphs must no longer count as readers of the values around them.
    private static void Release(Node node)
    {
        foreach (var inner in GraphRules.Subgraphs(node))
            foreach (var within in inner.Nodes.Reverse().ToArray())
            {
                Release(within);
                inner.Remove(within);
            }
    }

    // The outputs of this graph, and those that graphs within list of it.
    private static IEnumerable<Value> Listed(Graph graph) => graph.Outputs.Concat(GraphRules.Subgraphs(graph).SelectMany(Listed));
}
