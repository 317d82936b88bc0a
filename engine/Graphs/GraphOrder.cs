namespace OnnxAudit.Graphs;

/// <summary>
/// Execution orders. A node depends on the makers of its inputs and of every value of its graph that its subgraphs use.
/// </summary>
public static class GraphOrder
{
    /// <summary>True when every node stands after all it depends on.</summary>
    public static bool IsSorted(Graph graph) => FirstMisplaced(graph) is null;

    /// <summary>The first node that stands before something it depends on; null when the order is right.</summary>
    public static (Node Node, Value Needs)? FirstMisplaced(Graph graph)
    {
        var seen = new HashSet<Node>(graph.Nodes.Count);
        foreach (var node in graph.Nodes)
        {
            foreach (var value in Needs(node))
                if (value.Producer is { } maker && !seen.Contains(maker)) return (node, value);
            seen.Add(node);
        }

        return null;
    }

    /// <summary>
    /// Puts the nodes in an order that defines before it uses, keeping the present order wherever that is free to choose.
    /// Returns null, or, with the order unchanged, a node on a cycle.
    /// </summary>
    public static Node? Sort(Graph graph)
    {
        if (IsSorted(graph)) return null;
        var nodes = graph.Nodes;
        var index = new Dictionary<Node, int>(nodes.Count);
        foreach (var node in nodes) index[node] = index.Count;
        var waiting = new int[nodes.Count];
        var users = new List<int>?[nodes.Count];
        for (var i = 0; i < nodes.Count; i++)
            foreach (var maker in Needs(nodes[i]).Select(v => v.Producer).OfType<Node>().Distinct())
            {
                (users[index[maker]] ??= []).Add(i);
                waiting[i]++;
            }

        var ready = new PriorityQueue<int, int>();
        for (var i = 0; i < nodes.Count; i++)
            if (waiting[i] == 0) ready.Enqueue(i, i);
        var order = new List<Node>(nodes.Count);
        while (ready.TryDequeue(out var i, out _))
        {
            order.Add(nodes[i]);
            foreach (var user in users[i] ?? [])
                if (--waiting[user] == 0) ready.Enqueue(user, user);
        }

        if (order.Count < nodes.Count) return OnCycle(nodes, index, waiting);
        graph.Reorder(order);
        return null;
    }

    /// <summary>Values of <paramref name="node"/>'s own graph that it reads, directly or from within its subgraphs.</summary>
    public static IEnumerable<Value> Needs(Node node)
    {
        foreach (var input in node.Inputs)
            if (input is not null && input.Graph == node.Graph) yield return input;
        foreach (var captured in GraphRules.Subgraphs(node).SelectMany(g => Captured(g, node.Graph))) yield return captured;
    }

    private static IEnumerable<Value> Captured(Graph inner, Graph outer)
    {
        foreach (var node in inner.Nodes)
        {
            foreach (var input in node.Inputs)
                if (input is not null && input.Graph == outer) yield return input;
            foreach (var captured in GraphRules.Subgraphs(node).SelectMany(g => Captured(g, outer))) yield return captured;
        }

        foreach (var output in inner.Outputs)
            if (output.Graph == outer) yield return output;
    }

    // Among the nodes still waiting, each has a waiting maker: stepping from maker to maker must come back to a node seen before.
    private static Node OnCycle(IReadOnlyList<Node> nodes, Dictionary<Node, int> index, int[] waiting)
    {
        var at = Array.FindIndex(waiting, w => w > 0);
        for (var seen = new HashSet<int>(); seen.Add(at);)
            at = Needs(nodes[at]).Select(v => v.Producer).OfType<Node>().Select(m => index[m]).First(m => waiting[m] > 0);
        return nodes[at];
    }
}
