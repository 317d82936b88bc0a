using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients;

/// <summary>
/// Reverse-mode differentiation of a graph by a graph: adds the backward nodes, standard operators only, so the result can be saved, run on any
/// provider and differentiated again. The one walk that accumulates, in reverse topological order; what an operator's derivative is stands in <see cref="GradientTable"/>.
/// </summary>
public static class ReverseMode
{
    /// <summary>
    /// Adds the gradients of <paramref name="loss"/> and returns them in the order of <paramref name="with"/>, each shaped like its value; null where the loss does
    /// not depend on it. A loss with several elements stands for their sum, so a loss per sample [N] gives every sample's own gradient of what belongs to it alone.
    /// </summary>
    /// <param name="emit">Emitter into the graph, which must be at opset 18 or newer (see <c>Opsets</c>).</param>
    /// <param name="loss">A floating-point value of the graph.</param>
    /// <param name="with">Weights, activations or inputs; values of the same graph.</param>
    /// <param name="seed">Gradient of something beyond the loss with respect to the loss, shaped like it; null for ones.</param>
    /// <param name="rules">Asked for a node's rule before the table is; null where that has none of its own. For a caller that runs a rule's work itself.</param>
    /// <exception cref="AuditException">Invalid: operators on the way that have no rule or refuse their form; every one is listed, and nothing was added.</exception>
    public static Value?[] Differentiate(Emitter emit, Value loss, IReadOnlyList<Value> with, Value? seed = null, Func<Node, GradientRule?>? rules = null)
    {
        var path = GradientPath.Between(emit.Graph, with, loss);
        if (path.Problems.Count > 0) throw path.Error(emit);
        var found = new Dictionary<Value, List<Value>>();
        if (path.Reaches(loss)) Contribute(loss, seed ?? emit.ExpandLike(emit.Scalar(1, loss), loss));
        for (var i = path.Nodes.Count - 1; i >= 0; i--)
        {
            var node = path.Nodes[i];
            var outputs = node.Outputs.Select(o => o is null ? null : Total(o)).ToArray();
            if (outputs.All(o => o is null)) continue;
            var rule = rules?.Invoke(node) ?? GradientTable.Of(node)!.Rule;
            var gradients = rule(new NodeGradient(node, outputs, path.Reaches, emit));
            if (gradients.Length != node.Inputs.Count)
                throw new InvalidOperationException($"the rule of {node.OpType} gave {gradients.Length} gradients for {node.Inputs.Count} inputs");
            for (var k = 0; k < gradients.Length; k++)
                if (gradients[k].Value is { } gradient && node.Inputs[k] is { } input && path.Reaches(input)) Contribute(input, gradient);
        }

        return [.. with.Select(Total)];

        void Contribute(Value value, Value gradient)
        {
            if (!found.TryGetValue(value, out var parts)) found[value] = parts = [];
            parts.Add(gradient);
        }

        Value? Total(Value value)
        {
            if (!found.TryGetValue(value, out var parts)) return null;
            if (parts.Count == 1) return parts[0];
            var sum = emit.Add("Sum", [.. parts]);
            (found[value] = []).Add(sum);
            return sum;
        }
    }
}
