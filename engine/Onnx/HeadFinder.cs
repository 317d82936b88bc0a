using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// Finds the last linear map before the class scores: Gemm, MatMul (weights on either side), Conv on a one-position map or before average
/// pooling, their QDQ, QLinear and QGemm forms.
/// </summary>
public static class HeadFinder
{
    /// <summary>
    /// Walks back from every graph output and takes the first head, or judges the node named <paramref name="nodeName"/> (a node's name, or
    /// the name of a value it makes).
    /// </summary>
    /// <exception cref="AuditException">Usage: no node of that name.</exception>
    public static HeadSearch Find(Model model, string? nodeName = null)
    {
        var named = nodeName is null ? null : NodeOf(model, nodeName);
        ClassifierHead? head = null;
        var attempts = new List<HeadAttempt>();
        foreach (var output in model.Graph.Outputs)
        {
            var found = Try(output, attempts);
            if (named is null || found?.Node == named) head ??= found;
        }

        if (head is null && named is not null) head = Furthest(named, attempts);
        return new HeadSearch(head, attempts, model.Source);
    }

    private static ClassifierHead? Try(Value value, List<HeadAttempt> attempts)
    {
        var walk = new HeadWalk(value);
        var (head, reason) = walk.Run();
        var outcome = head is null ? reason
            : FormattableString.Invariant($"found: {head.Kind}, {head.ClassCount} classes × {head.FeatureCount} features");
        attempts.Add(new HeadAttempt(value.Name, walk.Reached?.ToString() ?? "the graph's inputs", outcome));
        return head;
    }

    private static Node NodeOf(Model model, string name) =>
        model.Graph.Nodes.FirstOrDefault(n => n.Name == name) ?? model.Graph.Find(name)?.Producer
        ?? throw new AuditException(AuditCode.Usage, model.Source, $"no node '{name}'", "the name of a node, or of a value it makes",
            $"Linear nodes are: {string.Join(", ", model.Graph.Nodes.Where(LinearMaps.IsKnown).TakeLast(5).Select(n => n.Name.Length > 0 ? n.Name : n.Output(0)?.Name))}.");

    // The scores a named node makes may be finished by a bias, a flattening or a scale before something opaque: follow single uses as far as
    // the way back still leads to the node.
    private static ClassifierHead? Furthest(Node node, List<HeadAttempt> attempts)
    {
        ClassifierHead? furthest = null;
        for (var value = node.Output(0); value is not null; value = value.Uses is [var use] && use.Node.Graph == value.Graph
            ? use.Node.Output(0) : null)
        {
            if (Try(value, attempts) is not { } found || found.Node != node) break;
            furthest = found;
        }

        return furthest;
    }
}
