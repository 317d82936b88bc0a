using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Runs;

/// <summary>The class scores of a model that is audited without a classifier head.</summary>
internal static class ScoreTail
{
    private static readonly string[] Transparent = ["Identity", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Cast", "Dropout"];

    /// <summary>
    /// Makes the scores before any softmax an output of the graph and returns its name: a head's logits when one is found; else what the first
    /// output's Softmax consumes; else the first output itself.
    /// </summary>
    /// <exception cref="AuditException">Invalid: the model ends in a softmax whose input cannot be read.</exception>
    internal static string Expose(Model model)
    {
        if (HeadFinder.Find(model).Head is { } head) return head.Expose(model).Logits;
        if (model.Graph.Outputs is not [var output, ..])
            throw new AuditException(AuditCode.Invalid, model.Source, "no outputs", "class scores as the first output", "Re-export the model with its scores as output.");
        var value = output;
        while (value.Producer is { } maker && Array.Exists(Transparent, maker.Is) && maker.Input(0) is { } before) value = before;
        if (value.Producer is not { } last || !last.OpType.EndsWith("Softmax", StringComparison.Ordinal) || last.Is("LogSoftmax")) return output.Name;
        if (!last.Is("Softmax") || last.Input(0) is not { } scores)
            throw new AuditException(AuditCode.Invalid, $"{model.Source}, {last}", $"scores behind {last.Domain}.{last.OpType}", "logits, Softmax or LogSoftmax at the end",
                "Export the model without its last softmax.");
        if (!scores.IsOutput) model.Graph.AddOutput(scores);
        return scores.Name;
    }
}
