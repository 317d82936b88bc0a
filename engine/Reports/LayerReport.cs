using OnnxAudit.Comparison.Layers;
using OnnxAudit.Files;

namespace OnnxAudit.Reports;

/// <summary>Two models layer by layer, as one HTML file that needs nothing else.</summary>
public static class LayerReport
{
    /// <summary>Writes the report to <paramref name="path"/>, whole or not at all. The same comparison gives the same bytes.</summary>
    /// <exception cref="AuditException">Environment: the file cannot be written.</exception>
    public static void Write(LayerComparison comparison, string path) => AtomicFile.WriteText(path, Text(comparison));

    /// <summary>The report's text.</summary>
    public static string Text(LayerComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return HtmlPage.Document($"Layers of {Path.GetFileName(comparison.First)} and {Path.GetFileName(comparison.Second)}",
            Markup.Of($"<p class=\"lead\">Before: {comparison.First}. After: {comparison.Second}. Source of the method: arXiv:2408.03274.</p>"),
            [
                ("weights", "Weights", "Zeros in both models and in one only; histograms show the values after on the bins of the values before, with what lies outside at either end.", LayerSection.Weights(comparison)),
                ("activations", "Activations", $"Outputs of the layers over {Figures.Count(comparison.Samples)} samples of {comparison.Data}; each layer has bins of its own.", LayerSection.Activations(comparison)),
                ("remarks", "Remarks", "What was matched otherwise than by name, and what could not be compared.", LayerSection.Remarks(comparison)),
            ], "Computed from the two model files; with data, from their outputs on it.");
    }
}
