using System.CommandLine;
using OnnxAudit.Cli.Options;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Says what a model file holds.</summary>
internal static class InspectVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var model = SharedOptions.Model();
        var head = SharedOptions.Head();
        var json = SharedOptions.Json();
        return new Verb("inspect", "Show a model's operators, classifier head, parameters, per-layer sparsity, quantisation and lineage.",
            ["inspect model.onnx", "inspect model.onnx --head /fc/Gemm --json"], [model, head, json], (parsed, terminal, _) =>
            {
                var summary = ModelSummary.Of(parsed.GetRequiredValue(model), parsed.GetValue(head));
                if (parsed.GetValue(json)) terminal.Json(ModelSummaryJson.Schema, writer => ModelSummaryJson.Write(summary, writer));
                else ModelSummaryText.Write(summary, terminal.Page);
                return 0;
            });
    }
}
