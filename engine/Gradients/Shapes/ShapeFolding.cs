using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>Puts constants where a graph computes shapes that are known: chains of Shape, Gather, Concat and the like vanish.</summary>
public static class ShapeFolding
{
    /// <summary>
    /// 1. Integer and bool values whose elements are all known become initializers. 2. The shape given to a Reshape becomes one where every free size is the
    /// input's own along that axis (0) or what is left (−1), so a free batch stays free. 3. What nothing reads any more goes, see <see cref="GraphTrim"/>.
    /// Graph outputs keep their makers. Says whether anything changed.
    /// </summary>
    public static bool Fold(Graph graph, ShapeFacts facts)
    {
        var changed = false;
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Outputs) changed |= output is not null && Known(output, facts);
            if (node.Is("Reshape")) changed |= ShapeOfReshape(node, facts);
        }

        return GraphTrim.Trim(graph) || changed;
    }

    private static bool Known(Value value, ShapeFacts facts)
    {
        if (value.Uses.Count == 0 || facts.ContentsOf(value) is not { } contents || contents.Any(d => d.Size is null)) return false;
        if (facts.TypeOf(value) is not { Shape.Count: <= 1 } type || OfType(type, [.. contents.Select(d => d.Size!.Value)]) is not { } tensor) return false;
        var constant = value.Graph.SetInitializer(value.Graph.NewValue($"{value.Name}/folded").Name, tensor);
        facts.Take(constant);
        Graph.ReplaceUses(value, constant);
        return true;
    }

    private static bool ShapeOfReshape(Node node, ShapeFacts facts)
    {
        if (node.Input(1) is not { Initializer: null } to || facts.ContentsOf(to) is not { } contents || contents.Any(d => d.Size == 0)) return false;
        var from = node.Input(0) is { } x ? facts.TypeOf(x)?.Shape : null;
        var zeroKeeps = node.Int("allowzero", 0) == 0;
        var sizes = contents.Select((d, i) => d.Size ?? (zeroKeeps && from is not null && i < from.Count && from[i] == d ? 0 : -1)).ToArray();
        if (sizes.Count(s => s == -1) > 1) return false;
        var constant = node.Graph.SetInitializer(node.Graph.NewValue($"{to.Name}/folded").Name, Tensor.From<long>(ElementType.Int64, [sizes.Length], sizes));
        facts.Take(constant);
        node.SetInput(1, constant);
        return true;
    }

    private static Tensor? OfType(TensorType type, long[] numbers)
    {
        long[] dims = type.Shape!.Count == 0 ? [] : [numbers.Length];
        return Tensor.CountOf(dims) != numbers.Length ? null : type.Element switch
        {
            ElementType.Int64 => Tensor.From<long>(type.Element, dims, numbers),
            ElementType.Int32 => Tensor.From<int>(type.Element, dims, [.. numbers.Select(n => checked((int)n))]),
            ElementType.Bool => Tensor.From<bool>(type.Element, dims, [.. numbers.Select(n => n != 0)]),
            _ => null,
        };
    }
}
