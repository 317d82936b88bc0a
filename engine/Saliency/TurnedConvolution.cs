using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Rules;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Onnx;

namespace OnnxAudit.Saliency;

/// <summary>
/// A data gradient that a kernel of ours takes over from ONNX Runtime: dX = dY ⋆ turned W, 3×3 at stride 1, as the gradient rule of Conv writes it.
/// </summary>
/// <param name="Source">dY.</param>
/// <param name="Weights">W, turned and transformed.</param>
/// <param name="PadTop">Zeros above dY.</param>
/// <param name="PadLeft">Zeros to the left of dY.</param>
/// <param name="Outputs">Spatial sizes of dX.</param>
internal sealed record TurnedConvolution(Value Source, WinogradWeights Weights, long PadTop, long PadLeft, (long Height, long Width) Outputs)
{
    // Transformed weights beyond this do not stay in the processor's last cache, and are read anew for every few samples.
    private const long MostWeights = 12L << 20;

    /// <summary>What makes <paramref name="gradient"/>; null when that is no such convolution of constant weights, something else reads it too, or it is not worth it.</summary>
    internal static TurnedConvolution? Of(Emitter emit, Value? gradient)
    {
        if (gradient is not { Producer: { } node, IsOutput: false, Uses.Count: 1 } || !node.Is("Conv") || node.Int("group", 1) != 1 || node.Inputs.Count != 2) return null;
        if (node.Input(1)?.Producer is not { } slice || !slice.Is("Slice") || slice.Input(0)?.Producer is not { } exchange || !exchange.Is("Transpose")) return null;
        if (Constants.Resolve(exchange.Input(0)) is not { Type: ElementType.Float, Dims: [var filters, var channels, 3, 3] } weight) return null;
        var (source, window) = (node.Inputs[0]!, Window.Of(emit, node, node.Inputs[0]!, [3, 3]));
        if (window.Strides is not [1, 1] || window.Dilations is not [1, 1] || emit.ElementOf(gradient) != ElementType.Float) return null;
        var (height, width) = (emit.SizeOf(gradient, 2), emit.SizeOf(gradient, 3));
        if (EdgeFor((int)filters, (int)channels, height, width) is not { } edge) return null;
        var weights = WinogradWeights.OfDataGradient(weight.Span<float>(), (int)filters, (int)channels, edge);
        return new TurnedConvolution(source, weights, window.Before[0], window.Before[1], (height, width));
    }

    /// <summary>The convolution for <paramref name="samples"/> samples of dY.</summary>
    internal WinogradShape Shape(long samples, long height, long width) => new(samples, height, width, Outputs.Height, Outputs.Width, PadTop, PadLeft);

    // The edge that takes the fewer products; squares of 4 also transform less.
    private static int? EdgeFor(int filters, int channels, long height, long width)
    {
        if (filters < 8 || channels < 8) return null;
        long Products(int edge) => (height + edge - 1) / edge * ((width + edge - 1) / edge) * (edge + 2) * (edge + 2);
        var edge = Products(4) <= Products(2) ? 4 : 2;
        return 2 * Products(edge) <= 9 * height * width && (long)(edge + 2) * (edge + 2) * filters * channels * sizeof(float) <= MostWeights ? edge : null;
    }
}
