using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Kernels;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Saliency;
using OnnxAudit.Tests.Oracles;
using OnnxAudit.Tests.Oracles.Architectures;
using OnnxAudit.Tests.Runs;

namespace OnnxAudit.Tests.Saliency;

/// <summary>Profiles of generated networks, both ways, against every sample's own weight gradients evaluated in float64 on the graph as it was, nothing folded.</summary>
public sealed class SaliencyArchitectureTests
{
    private const int Samples = 3;

    public static TheoryData<string> Names => new(Architecture.All.Where(a => a.HasHead).Select(a => a.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void BothWays_GiveTheMeanAbsoluteGradients_OfConvolutionsAndLinearRows(string name)
    {
        var architecture = Architecture.Of(name);
        var side = architecture.Small.Side;
        var images = Float64Tensor.Random(7, Samples, 3, side, side);
        int[] labels = [0, 3, 9];
        var fused = Profiles(architecture, images, labels, SaliencyWay.Fused);
        var portable = Profiles(architecture, images, labels, SaliencyWay.Portable);
        var expected = Enumerable.Range(0, Samples).SelectMany(n => Truth(architecture, images, labels, n)).ToArray();
        Agrees(expected, fused, "fused");
        Agrees(expected, portable, "portable");
    }

    [Fact]
    public void SplitBatches_AndKernelForms_GiveTheSameProfiles()
    {
        var architecture = Architecture.Of("mobilenetv2");
        var images = Float64Tensor.Random(3, 5, 3, architecture.Small.Side, architecture.Small.Side);
        int[] labels = [0, 1, 2, 3, 4];
        var whole = Profiles(architecture, images, labels, SaliencyWay.Fused);
        var split = Profiles(architecture, images, labels, SaliencyWay.Fused, budget: 1);
        Agrees([.. whole.Select(v => (double)v)], split, "one sample a pass");
        foreach (var form in FilterSaliencyForm.All.Where(f => f.Supported))
            Agrees([.. whole.Select(v => (double)v)], Profiles(architecture, images, labels, SaliencyWay.Fused, form: form.Name), form.Name);
    }

    // A few float32 ReLU inputs near 0 fall on the other side; everything before them in that sample moves.
    private static void Agrees(double[] expected, float[] found, string way)
    {
        Assert.Equal(expected.Length, found.Length);
        var errors = expected.Zip(found, (e, f) => Math.Abs(f - e) / Math.Max(Math.Abs(e), 1e-6)).ToArray();
        Assert.True(errors.Count(e => e <= 1e-3) >= 0.99 * errors.Length, $"{way}: {errors.Count(e => e > 1e-3)} of {errors.Length} entries above 1e-3");
        Assert.True(errors.Max() <= 0.1, $"{way}: largest relative error {errors.Max():0.0e0}");
    }

    private static float[] Profiles(Architecture architecture, Float64Tensor images, int[] labels, SaliencyWay way, long budget = 1L << 28, string form = "auto")
    {
        var side = architecture.Small.Side;
        var options = new SaliencyOptions { Way = way, IncludeLinear = true, ByteBudget = budget };
        using var session = SaliencySession.Open(architecture.Build(architecture.Small), [3, side, side], TestEnvironment.Ort, new SessionSettings { Threads = 2 }, KernelSet.Choose(form), options);
        var profiles = new float[labels.Length * session.Filters];
        session.Run(images.Values.Select(v => (float)v).ToArray(), images.Dims, labels, profiles, []);
        return profiles;
    }

    private static IEnumerable<double> Truth(Architecture architecture, Float64Tensor images, int[] labels, int n)
    {
        var model = architecture.Build(architecture.Small);
        OpsetUpgrade.To18(model);
        var loss = ClassifierLoss.AddTo(model, "logits", ShapeFacts.Of(model.Graph));
        var layers = model.Graph.Nodes.Where(IsLayer).ToArray();
        var gradients = ReverseMode.Differentiate(loss.Emit, loss.Loss, [.. layers.Select(l => l.Input(1)!)]);
        var each = images.Values.Length / labels.Length;
        var image = new Float64Tensor(ElementType.Float, [1, .. images.Dims[1..]], [.. images.Values.Skip(n * each).Take(each).Select(v => (double)(float)v)]);
        var feeds = new Dictionary<string, Float64Tensor> { ["input"] = image, [loss.Labels!.Name] = new(ElementType.Int64, [1], [labels[n]]) };
        var values = Float64Evaluator.Run(model.Graph, feeds, [.. gradients.Select(g => g!.Name)]);
        return layers.SelectMany((layer, i) => Filters(layer, values[gradients[i]!.Name])).ToArray();
    }

    private static bool IsLayer(Node node) => node.Is("Conv") || ((node.Is("Gemm") || node.Is("MatMul")) && Constants.Source(node.Input(1))?.Initializer is { Rank: 2 });

    private static IEnumerable<double> Filters(Node layer, Float64Tensor gradient)
    {
        var byRows = layer.Is("Conv") || layer.Int("transB", 0) == 1;
        var filters = (int)gradient.Dims[byRows ? 0 : 1];
        var weights = gradient.Values.Length / filters;
        for (var k = 0; k < filters; k++)
        {
            var sum = 0.0;
            for (var i = 0; i < weights; i++) sum += Math.Abs(gradient.Values[byRows ? k * weights + i : i * filters + k]);
            yield return sum / weights;
        }
    }
}
