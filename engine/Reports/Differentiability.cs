using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Onnx;

namespace OnnxAudit.Reports;

/// <summary>Whether gradients of a model's scores can be taken, and what stands in the way.</summary>
/// <param name="Obstacles">Nodes without a rule, or one reason why the question cannot be put; empty: everything from input to scores can be differentiated.</param>
public sealed record Differentiability(IReadOnlyList<string> Obstacles)
{
    /// <summary>Looks at a model file; it is read again, because the question is put to a copy in the form of opset 18.</summary>
    public static Differentiability Of(string path, ClassifierHead? head)
    {
        var model = OnnxReader.Read(path);
        try
        {
            OpsetUpgrade.To18(model);
        }
        catch (AuditException e) when (e.Code == AuditCode.Invalid)
        {
            return new Differentiability([$"{e.Where}: {e.Found}"]);
        }

        var graph = model.Graph;
        var target = (head is null ? null : graph.Find(head.Logits)) ?? graph.Outputs.FirstOrDefault();
        if (target is null) return new Differentiability(["the model has no output"]);
        var way = GradientPath.Between(graph, [.. graph.Inputs, .. graph.Initializers], target);
        return new Differentiability([.. way.Problems.Select(p => $"node '{p.Node.Name}' ({p.Node.OpType}): {p.Why}")]);
    }
}
