using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>The generated networks are what they are taken for: valid, run by ONNX Runtime, with scores as trained networks have them.</summary>
public class ArchitectureTests
{
    public static TheoryData<string, long> Cases
    {
        get
        {
            var cases = new TheoryData<string, long>();
            foreach (var architecture in Architecture.All)
                foreach (var opset in new[] { 13L, 18L }) cases.Add(architecture.Name, opset);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Scores_AreFiniteAndTellSamplesApart(string name, long opset)
    {
        var architecture = Architecture.Of(name);
        var size = architecture.Small with { Opset = opset };
        var model = architecture.Build(size);
        Assert.Null(GraphRules.FirstBroken(model.Graph));
        Assert.Equal(opset, model.Opset);
        var scores = Scores(model, size, 3);
        Assert.All(scores, s => Assert.True(float.IsFinite(s)));
        // Logits of trained classifiers spread by some units; beyond ~30 a float32 softmax has no gradient left, near 0 all samples look alike.
        Assert.InRange(Deviation(scores), 0.1, 30);
        for (var c = 0; c < size.Classes; c++)
            if (Math.Abs(scores[c] - scores[size.Classes + c]) > 1e-3) return;
        Assert.Fail("two samples have the same scores");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Head_IsFound_WhereThereIsOne(string name, long opset)
    {
        var architecture = Architecture.Of(name);
        var size = architecture.Small with { Opset = opset };
        var search = HeadFinder.Find(architecture.Build(size));
        if (architecture.HasHead) Assert.Equal(size.Classes, search.Head!.ClassCount);
        else Assert.Null(search.Head);
    }

    [Fact]
    public void SqueezeNetsSearch_EndsAtItsLastRelu()
    {
        var attempt = Assert.Single(HeadFinder.Find(SqueezeNet.Build(Architecture.Of("squeezenet").Small)).Attempts);
        Assert.Contains("(Relu)", attempt.Place, StringComparison.Ordinal);
    }

    // Parameter counts of torchvision's models with 1000 classes; running statistics are not parameters.
    [Theory]
    [InlineData("resnet18", 11_689_512)]
    [InlineData("resnet50", 25_557_032)]
    [InlineData("densenet121", 7_978_856)]
    [InlineData("mobilenetv2", 3_504_872)]
    [InlineData("squeezenet", 1_235_496)]
    [InlineData("shufflenet", 2_278_604)]
    public void FullSize_HasThePublishedParameters(string name, long parameters)
    {
        var graph = Architecture.Of(name).Build(Architecture.Of(name).Full).Graph;
        Assert.Equal(parameters, graph.Initializers.Where(v => v.Name.EndsWith(".weight", StringComparison.Ordinal) || v.Name.EndsWith(".bias", StringComparison.Ordinal)).Sum(v => v.Initializer!.Count));
    }

    [Fact]
    public void Weights_DependOnSeedAndNameAlone()
    {
        var (a, b, c) = (Weight(new(32, 0.25)), Weight(new(64, 0.25, 0.5, Opset: 13)), Weight(new(32, 0.25, Seed: 2)));
        Assert.Equal(a, b);
        Assert.NotEqual(a, c);
        // He initialisation: variance 2 / (16·9); 2,304 draws estimate a variance to ±3 %, so 10 % is over three deviations.
        Assert.InRange(a.Select(v => (double)v * v).Average() / (2.0 / 144), 0.9, 1.1);

        static float[] Weight(NetSize size) => ResNet.Of18(size, true).Graph.Find("layer1.0.conv1.weight")!.Initializer!.Span<float>().ToArray();
    }

    private static float[] Scores(Model model, NetSize size, int samples)
    {
        var dims = new long[] { samples, 3, size.Side, size.Side };
        using var session = Ort.Session(model);
        using var input = OrtTensor.Over(NetWeights.Normal(9, "input", dims, 1));
        return Ort.Floats(session, "logits", ("input", input));
    }

    private static double Deviation(float[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (double)(v - mean)));
    }
}
