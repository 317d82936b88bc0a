using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles;

/// <summary>
/// Evaluates a graph in float64 by loops written from the ONNX operator specification: every float element, whatever its declared type, is a double and is
/// never rounded to that type. Slow and literal; the oracle of the gradient work, itself checked against ONNX Runtime in float32.
/// </summary>
internal static class Float64Evaluator
{
    /// <summary>The values of <paramref name="outputs"/> (any values of the graph), running only the nodes they need.</summary>
    public static IReadOnlyDictionary<string, Float64Tensor> Run(Graph graph, IReadOnlyDictionary<string, Float64Tensor> feeds, params string[] outputs)
    {
        var wanted = outputs.Select(o => graph.Find(o) ?? throw new ArgumentException($"the graph has no value '{o}'")).ToArray();
        var values = feeds.ToDictionary(f => graph.Find(f.Key) ?? throw new ArgumentException($"the graph has no value '{f.Key}'"), f => f.Value);
        var needed = Needed(wanted, values);
        foreach (var node in graph.Nodes)
        {
            if (!needed.Contains(node)) continue;
            var made = Evaluate(node, values);
            for (var i = 0; i < node.Outputs.Count; i++)
                if (node.Outputs[i] is { } output && !values.ContainsKey(output))
                    values[output] = i < made.Length ? made[i] : throw new NotSupportedException($"{node}: output {i} is not evaluated");
        }

        return wanted.Distinct().ToDictionary(v => v.Name, v => Of(v, values));
    }

    private static Float64Tensor[] Evaluate(Node node, Dictionary<Value, Float64Tensor> values)
    {
        if (node.Domain is not ("" or "ai.onnx") || !Float64Table.Rows.TryGetValue(node.OpType, out var evaluate))
            throw new NotSupportedException($"{node}: the float64 evaluator has no operator {(node.Domain.Length > 0 ? node.Domain + "." : "")}{node.OpType}");
        var inputs = node.Inputs.Select(v => v is null ? null : Of(v, values)).ToArray();
        try
        {
            return evaluate(new OpCall(node, inputs));
        }
        catch (Exception e) when (e is not NotSupportedException)
        {
            throw new InvalidOperationException($"{node} of [{string.Join("; ", inputs.Select(i => i?.ToString() ?? "none"))}]: {e.Message}", e);
        }
    }

    private static Float64Tensor Of(Value value, Dictionary<Value, Float64Tensor> values)
    {
        if (values.TryGetValue(value, out var known)) return known;
        return values[value] = value.Initializer is { } constant ? Float64Tensor.Of(constant) : throw new ArgumentException($"value '{value}' was not given");
    }

    private static HashSet<Node> Needed(Value[] wanted, Dictionary<Value, Float64Tensor> given)
    {
        var needed = new HashSet<Node>();
        var open = new Stack<Value>(wanted);
        while (open.TryPop(out var value))
            if (!given.ContainsKey(value) && value.Producer is { } maker && needed.Add(maker))
                foreach (var input in GraphOrder.Needs(maker)) open.Push(input);
        return needed;
    }
}
