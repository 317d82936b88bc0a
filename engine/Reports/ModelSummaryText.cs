using System.Globalization;

namespace OnnxAudit.Reports;

/// <summary>A model summary as text for people.</summary>
public static class ModelSummaryText
{
    private const int MostObstacles = 10;

    /// <summary>Writes facts, then a row a layer.</summary>
    public static void Write(ModelSummary summary, TextPage page)
    {
        page.Heading($"{Path.GetFileName(summary.Path)}  {Figures.Bytes(summary.Bytes)}");
        page.Pairs(Facts(summary));
        if (summary.Layers.Count == 0) return;
        page.Line();
        page.Heading("Layers");
        var table = new TextTable(("layer", TextAlign.Shrink), ("op", TextAlign.Left), ("shape", TextAlign.Left), ("weights", TextAlign.Right), ("zeros", TextAlign.Right));
        foreach (var layer in summary.Layers)
            table.Add(layer.Node, layer.OpType, string.Join('×', layer.Shape), Count(layer.Count), Figures.Percent(layer.Sparsity));
        page.Table(table);
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Facts(ModelSummary s)
    {
        var model = s.Model;
        var facts = new List<KeyValuePair<string, string>>
        {
            new("format", FormattableString.Invariant($"IR {model.IrVersion}, opset {string.Join(", ", model.Opsets.Select(o => Opset(o.Key, o.Value)))}")),
            new("made by", $"{model.ProducerName} {model.ProducerVersion}".Trim() is { Length: > 0 } producer ? producer : "not said"),
        };
        facts.AddRange(s.Inputs.Select(i => new KeyValuePair<string, string>("input", $"{i.Name}  {i.Type?.ToString() ?? "no type"}")));
        facts.AddRange(model.Graph.Outputs.Select(o => new KeyValuePair<string, string>("output", $"{o.Name}  {o.Type?.ToString() ?? "no type"}")));
        facts.Add(new("operators", string.Join(", ", s.Operators.Select(o => FormattableString.Invariant($"{o.Key} {o.Value}")))));
        facts.Add(new("head", Head(s)));
        facts.Add(new("parameters", $"{Count(s.Sparsity.Parameters.Count)}, of them {Count(s.Sparsity.Prunable.Count)} prunable in {Count(s.Sparsity.Tensors.Count)} tensors"));
        facts.Add(new("sparsity", $"{Figures.Percent(s.Sparsity.Prunable.Sparsity)} of the prunable weights, {Figures.Percent(s.Sparsity.Parameters.Sparsity)} of all parameters"));
        facts.Add(new("quantised", s.Quantisation.Count == 0 ? "no" : string.Join(", ", s.Quantisation)));
        facts.Add(new("gradients", Gradients(s.Gradients.Obstacles)));
        facts.Add(new("lineage", s.Recipe is { } r
            ? $"{r.Operation} of {string.Join(", ", r.Parents.Select(p => $"{p.File} ({p.Sha256[..Math.Min(12, p.Sha256.Length)]}…)"))}: {string.Join(", ", r.Parameters.Select(p => $"{p.Key} {p.Value}"))}"
            : "none in the metadata"));
        return facts;
    }

    private static string Head(ModelSummary s) => s.Head.Head is { } head
        ? $"{head.Kind} '{head.Node.Name}': {Count(head.ClassCount)} classes × {Count(head.FeatureCount)} features, {(head.Bias is null ? "no bias" : "with bias")}\nfeatures '{head.Features}', scores '{head.Logits}'{(head.ScoresAreProbabilities ? " before softmax" : "")}"
        : $"not found; tried\n{string.Join('\n', s.Head.Attempts.Select(a => $"- from output '{a.Output}', {a.Place}: {a.Outcome}"))}\nName it with --head NODE, or audit with --no-geometry.";

    private static string Gradients(IReadOnlyList<string> obstacles) => obstacles.Count == 0 ? "every operator up to the scores can be differentiated"
        : $"{Count(obstacles.Count)} {(obstacles.Count == 1 ? "obstacle" : "obstacles")}\n{string.Join('\n', obstacles.Take(MostObstacles).Select(o => $"- {o}"))}{(obstacles.Count > MostObstacles ? FormattableString.Invariant($"\nand {obstacles.Count - MostObstacles} more") : "")}";

    private static string Opset(string domain, long version) =>
        (domain is "" or "ai.onnx" ? "" : domain + " ") + version.ToString(CultureInfo.InvariantCulture);

    private static string Count(long n) => n.ToString("#,0", CultureInfo.InvariantCulture);
}
