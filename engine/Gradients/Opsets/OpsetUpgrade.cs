using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Opsets;

/// <summary>Brings a model, subgraphs included, to opset 18, the form that gradient rules read. What the model computes stays.</summary>
public static class OpsetUpgrade
{
    private const long OldestIr = 8;

    /// <summary>
    /// Changes the model in place and says whether it did: 1. nodes by <see cref="OpsetTable"/>; 2. the opset and, where it is below 8, the IR version;
    /// 3. initializers of IR version 3 are no longer listed as inputs, which from version 4 on would make them overridable. A model at opset 18 or newer stays
    /// as it is. Values keep their names.
    /// </summary>
    /// <exception cref="AuditException">Invalid: an opset below 7, or a node without a rule; names node, operator and opset; nothing was changed.</exception>
    public static bool To18(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var opset = model.Opset;
        if (opset >= OpsetTable.Newest) return false;
        if (opset < OpsetTable.Oldest)
            throw new AuditException(AuditCode.Invalid, model.Source, opset == 0 ? "no ONNX opset" : FormattableString.Invariant($"opset {opset}"),
                FormattableString.Invariant($"opset {OpsetTable.Oldest} or newer"), "Export the model again at a newer opset.");
        var steps = new List<(OpsetEdit Edit, OpsetRow Row)>();
        Plan(model, model.Graph, opset, steps);
        foreach (var (edit, row) in steps) row.Rule(edit);
        for (var i = 0; i < model.Opsets.Count; i++)
            if (model.Opsets[i].Key is "" or "ai.onnx") model.Opsets[i] = new(model.Opsets[i].Key, OpsetTable.Newest);
        if (model.IrVersion < 4)
            foreach (var value in model.Graph.Initializers) model.Graph.RemoveInput(value);
        model.IrVersion = Math.Max(model.IrVersion, OldestIr);
        return true;
    }

    private static void Plan(Model model, Graph graph, long opset, List<(OpsetEdit, OpsetRow)> steps)
    {
        var facts = ShapeFacts.Of(graph);
        foreach (var node in graph.Nodes)
        {
            foreach (var inner in GraphRules.Subgraphs(node)) Plan(model, inner, opset, steps);
            if (node.Domain is not ("" or "ai.onnx")) continue;
            if (!OpsetTable.Knows(node.OpType)) throw Refused(model, node, FormattableString.Invariant($"an operator unknown at opset {opset}"));
            var edit = new OpsetEdit(node, facts);
            foreach (var (since, row) in OpsetTable.After(node.OpType, opset))
            {
                if (row is null) throw Refused(model, node, FormattableString.Invariant($"no rule for the change of {node.OpType} at opset {since}"));
                if (row.Refuses?.Invoke(edit) is { } why) throw Refused(model, node, FormattableString.Invariant($"{why}, which opset {since} no longer has"));
                steps.Add((edit, row));
            }
        }
    }

    private static AuditException Refused(Model model, Node node, string found) => new(AuditCode.Invalid,
        $"{model.Source}, {node}", found, FormattableString.Invariant($"operators that can be brought from opset {model.Opset} to {OpsetTable.Newest}"),
        "Export the model again at opset 18 or newer.");
}
