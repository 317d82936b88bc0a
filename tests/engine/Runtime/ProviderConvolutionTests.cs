using OnnxAudit.Graphs;
using OnnxAudit.Runtime;

namespace OnnxAudit.Tests.Runtime;

/// <summary>
/// ONNX Runtime 1.30's WebGPU provider, left to its own layout (NHWC), gave sums off by their own size for a convolution of 6 channels (LeNet-5's second).
/// The engine asks for NCHW.
/// </summary>
[Collection(Ort.WebGpu)]
public class ProviderConvolutionTests
{
    [SkippableTheory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(16)]
    public void WebGpu_AgreesWithTheCpu(int channels)
    {
        var model = Convolution(channels);
        using var gpu = Ort.OnWebGpu(model);
        using var cpu = Ort.Session(model);
        using var x = OrtTensor.Allocate(ElementType.Float, [2, channels, 14, 14]);
        var random = new Random(3);
        foreach (ref var value in x.Span<float>()) value = random.NextSingle() - 0.5f;
        Assert.InRange(Ort.LargestDifference(Ort.Floats(cpu, "y", ("x", x)), Ort.Floats(gpu, "y", ("x", x))), 0, 1e-4f);
    }

    private static Model Convolution(int channels)
    {
        var graph = new Graph("convolution");
        var random = new Random(2);
        var x = SmallModels.Input(graph, "x", ElementType.Float, new Dim(null, "n"), channels, 14, 14);
        var w = graph.SetInitializer("w", Tensor.FromFloats([16, channels, 5, 5], [.. Enumerable.Range(0, 16 * channels * 25).Select(_ => random.NextSingle() - 0.5f)]));
        graph.AddNode("Conv", [x, w], [SmallModels.Output(graph, "y", ElementType.Float, new Dim(null, "n"), 16, 10, 10)], "convolution");
        return SmallModels.Wrap(graph, "convolution.onnx");
    }
}
