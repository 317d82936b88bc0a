using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Wide;

/// <summary>
/// Computes a float32 model's forward pass in float64, inside the graph and by standard operators: every value keeps its name and its float32 type, rounded
/// once from float64, and nothing is rounded on the way from input to logits. Made for gradients: a ReLU's input near 0 keeps the sign that exact arithmetic gives it.
/// Convolutions, for which ONNX Runtime's CPU provider has no float64 kernel, become products of matrices.
/// </summary>
public static class WideForward
{
    /// <summary>
    /// Widens <paramref name="forward"/>, nodes of the emitter's graph in the forms of opset 18, and puts the graph in order. Returns the nodes left in float32
    /// because no float64 form of them is known; what follows them starts again from their rounded output.
    /// </summary>
    /// <exception cref="AuditException">Invalid: a convolution or pool over sizes that are not known.</exception>
    public static IReadOnlyList<Node> Apply(Emitter emit, IReadOnlyList<Node> forward)
    {
        var wide = new Dictionary<Value, Value>();
        var left = new List<Node>();
        foreach (var node in forward.Where(n => ComputesFloats(emit, n)))
        {
            if (WideTable.Find(node) is not { } rule)
            {
                left.Add(node);
                continue;
            }

            var outputs = node.Outputs.ToArray();
            var made = rule(new WideNode(emit, node, [.. node.Inputs.Select(v => v is null ? null : Wide(v))]));
            emit.Graph.Remove(node);
            for (var i = 0; i < outputs.Length; i++)
            {
                if (outputs[i] is not { } value) continue;
                wide[value] = made[i];
                emit.Graph.AddNode("Cast", [made[i]], [value], $"{value.Name}/rounded").Set(NodeAttribute.Of("to", (long)ElementType.Float));
            }
        }

        GraphOrder.Sort(emit.Graph);
        return left;

        Value Wide(Value value)
        {
            if (!IsFloat(emit, value)) return value;
            if (!wide.TryGetValue(value, out var found)) wide[value] = found = emit.Add("Cast", [value], NodeAttribute.Of("to", (long)ElementType.Double));
            return found;
        }
    }

    // Constants and casts from integers hold what they hold.
    private static bool ComputesFloats(Emitter emit, Node node) => node.Outputs.Any(v => v is not null && IsFloat(emit, v)) && node.Inputs.Any(v => v is not null && IsFloat(emit, v));

    private static bool IsFloat(Emitter emit, Value value) => emit.Shapes.TypeOf(value)?.Element == ElementType.Float;
}
