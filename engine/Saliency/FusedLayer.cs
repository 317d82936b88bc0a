using OnnxAudit.Graphs;
using OnnxAudit.Kernels;

namespace OnnxAudit.Saliency;

/// <summary>What the fused way takes out of the graph for one layer, and the convolution the kernel sees: a linear layer over T places is a 1×1 one.</summary>
/// <param name="Inputs">Name of X.</param>
/// <param name="Gradients">Name of dY.</param>
/// <param name="Shape">The convolution, for no samples.</param>
internal sealed record FusedLayer(string Inputs, string Gradients, ConvShape Shape)
{
    /// <summary>Lists the layer's values as graph outputs where they are not graph inputs or listed already.</summary>
    /// <exception cref="AuditException">Invalid: gradients that are not float32.</exception>
    internal static FusedLayer Expose(SaliencyGraph graph, int layer)
    {
        var (e, site, dy) = (graph.Emit, graph.Sites[layer], graph.Gradients[layer]);
        if (e.ElementOf(dy) != ElementType.Float)
            throw new AuditException(AuditCode.Invalid, e.Where(site.Node), $"gradients of type {e.ElementOf(dy)}", "float32 for the fused kernel", "Use --way portable, or a float32 model.");
        if (site.Kind == FilterKind.Convolution)
        {
            var window = ConvWindow.Of(e, site, dy);
            var groups = site.Node.Int("group", 1);
            var shape = new ConvShape(0, site.Dims[1] * groups, site.Filters, groups, Extent.Of(window.InputSizes, 1), Extent.Of(window.OutputSizes, 1),
                Extent.Of(window.KernelSizes, 1), Extent.Of(window.Strides, 1), Extent.Of(window.Dilations, 1), Extent.Of(window.Begin, 0));
            return new FusedLayer(Listed(graph, site.Input), Listed(graph, dy), shape);
        }

        var linear = ConvShape.Linear(0, site.Weights, site.Filters);
        if (e.RankOf(dy) == 2) return new FusedLayer(Listed(graph, site.Input), Listed(graph, dy), linear);
        var (gradients, tokens) = PortableSaliency.Tokens(e, site, dy);
        var places = new Extent(1, 1, e.SizeOf(gradients, 2));
        return new FusedLayer(Listed(graph, e.Transpose(tokens, 0, 2, 1)), Listed(graph, gradients), linear with { Input = places, Output = places });
    }

    private static string Listed(SaliencyGraph graph, Value value)
    {
        if (!value.IsInput && !value.IsOutput) graph.Model.Graph.AddOutput(value);
        return value.Name;
    }
}
