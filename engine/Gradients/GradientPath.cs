using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients;

/// <summary>The nodes through which a loss depends on some values, found before any work, with what stands in the way.</summary>
public sealed class GradientPath
{
    private readonly HashSet<Value> _reached;

    private GradientPath(IReadOnlyList<Node> nodes, HashSet<Value> reached, IReadOnlyList<(Node, string)> problems) =>
        (Nodes, _reached, Problems) = (nodes, reached, problems);

    /// <summary>Nodes on the way, in execution order.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>Nodes on the way that cannot be differentiated, and why.</summary>
    public IReadOnlyList<(Node Node, string Why)> Problems { get; }

    /// <summary>True when the value depends on one of the given values, or is one.</summary>
    public bool Reaches(Value value) => _reached.Contains(value);

    /// <summary>The way from <paramref name="from"/> to <paramref name="to"/>. Operators that pass no gradient at all (comparisons, Shape) end it.</summary>
    public static GradientPath Between(Graph graph, IReadOnlyList<Value> from, Value to)
    {
        var needed = new HashSet<Node>();
        var open = new Stack<Value>([to]);
        while (open.TryPop(out var value))
            if (value.Producer is { } maker && needed.Add(maker))
                foreach (var input in GraphOrder.Needs(maker)) open.Push(input);
        var reached = new HashSet<Value>(from);
        var nodes = new List<Node>();
        var problems = new List<(Node, string)>();
        foreach (var node in graph.Nodes)
        {
            if (!needed.Contains(node) || !GraphOrder.Needs(node).Any(reached.Contains)) continue;
            if (GradientTable.IsConstant(node)) continue;
            nodes.Add(node);
            if (GradientTable.WhyNot(node) is { } why) problems.Add((node, why));
            foreach (var output in node.Outputs)
                if (output is not null) reached.Add(output);
        }

        return new GradientPath(nodes, reached, problems);
    }

    internal AuditException Error(Emitter emit)
    {
        var first = Problems[0];
        var others = Problems.Count == 1 ? "" : $", and {Problems.Count - 1} more: {string.Join(", ", Problems.Skip(1).Take(8).Select(p => $"'{p.Node.Name}' ({p.Node.OpType})"))}";
        return new AuditException(AuditCode.Invalid, emit.Where(first.Node), first.Why + others, "operators with a gradient rule",
            "See `onnxaudit inspect` for the list; replace the operator, or differentiate with respect to values behind it.");
    }
}
