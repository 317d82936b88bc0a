using OnnxAudit.Graphs;
using OnnxAudit.Kernels;

namespace OnnxAudit.Saliency;

/// <summary>One layer as the fused way sees it: its values in the graph, and the convolution the kernel sees. A linear layer over T places is a 1×1 one.</summary>
/// <param name="Inputs">X.</param>
/// <param name="Gradients">dY.</param>
/// <param name="Shape">The convolution, for no samples.</param>
/// <param name="Scale">Factor per filter, [K], or null for ones.</param>
internal sealed record FusedLayer(Value Inputs, Value Gradients, ConvShape Shape, float[]? Scale)
{
    /// <summary>Layer <paramref name="layer"/> of the graph; adds the nodes that turn tokens into places.</summary>
    /// <exception cref="AuditException">Invalid: gradients that are not float32.</exception>
    internal static FusedLayer Of(SaliencyGraph graph, int layer)
    {
        var (e, site, dy, scale) = (graph.Emit, graph.Sites[layer], graph.Gradients[layer], graph.Scales[layer]);
        if (e.ElementOf(dy) != ElementType.Float)
            throw new AuditException(AuditCode.Invalid, e.Where(site.Node), $"gradients of type {e.ElementOf(dy)}", "float32 for the fused kernel", "Use --way portable, or a float32 model.");
        if (site.Kind == FilterKind.Convolution)
        {
            var window = ConvWindow.Of(e, site, dy);
            var groups = site.Node.Int("group", 1);
            var shape = new ConvShape(0, site.Dims[1] * groups, site.Filters, groups, Extent.Of(window.InputSizes, 1), Extent.Of(window.OutputSizes, 1),
                Extent.Of(window.KernelSizes, 1), Extent.Of(window.Walk.Strides, 1), Extent.Of(window.Walk.Dilations, 1), Extent.Of(window.Walk.Before, 0));
            return new FusedLayer(site.Input, dy, shape, scale);
        }

        var linear = ConvShape.Linear(0, site.Weights, site.Filters);
        if (e.RankOf(dy) == 2) return new FusedLayer(site.Input, dy, linear, scale);
        var (gradients, tokens) = PortableSaliency.Tokens(e, site, dy);
        var places = new Extent(1, 1, e.SizeOf(gradients, 2));
        return new FusedLayer(e.Transpose(tokens, 0, 2, 1), gradients, linear with { Input = places, Output = places }, scale);
    }
}
