using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>How operators make shapes from shapes.</summary>
internal static class ShapeTable
{
    /// <summary>Adds to <paramref name="facts"/> what the node tells of its outputs; unknown operators add nothing.</summary>
    internal static void Infer(Node node, ShapeFacts facts)
    {
        if (node.Output(0) is { } output && facts.TypeOf(output) is null && node.Input(0) is { } input && facts.TypeOf(input) is { } type
            && node.OpType is "Relu" or "Neg" or "Identity")
            facts.Set(node.Outputs[0]!, type);
    }
}
