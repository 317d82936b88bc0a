using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles.Architectures;

namespace OnnxAudit.Tests.Compression.Structured;

/// <summary>What no generated architecture has: each small network with half its groups removed computes what it does with them zeroed.</summary>
public class TopologyRemovalTests
{
    private static readonly Dictionary<string, Func<NetBuilder, FeatureMap>> Networks = new(StringComparer.Ordinal)
    {
        ["grouped bottleneck"] = net =>
        {
            var x = net.Input.ConvBn("a", "an", 8, 3);
            return x.ConvBn("r", "rn", 12, 1).Relu().ConvBn("g", "gn", 12, 3, groups: 4).Relu().ConvBn("c", "cn", 8, 1).Add(x).Relu().Conv("b", 6, 1);
        },
        ["filters per depthwise channel"] = net => net.Input.Conv("a", 4, 3).Conv("d", 8, 3, groups: 4).Relu().Conv("b", 6, 1),
        ["shuffle added to itself"] = net => net.Input.Conv("a", 8, 3) is var x ? x.Add(x.Shuffle(2)).Relu().Conv("b", 6, 1) : x,
        ["transposed convolution"] = net =>
        {
            var x = net.Input.Conv("a", 6, 3).Relu();
            var up = net.Node("ConvTranspose", [x.Value, net.Normal("t.weight", 0.2, 6, 4, 2, 2), net.Normal("t.bias", 0.1, 4)], NodeAttribute.Of("strides", [2L, 2]));
            return (x with { Value = up, Channels = 4, Side = 16 }).Relu().Conv("b", 6, 3);
        },
        ["slopes, padding, resizing to stated sizes"] = net =>
        {
            var x = net.Input.Conv("a", 6, 3);
            var sloped = net.Node("PRelu", [x.Value, net.Uniform("slope", 0.1, 0.4, 6, 1, 1)]);
            var padded = net.Node("Pad", [sloped, net.Integers(0, 0, 1, 1, 0, 0, 1, 1), net.Scalar(0.5f)]);
            return (x with { Value = net.Node("Resize", [padded, null, null, net.Integers(2, 6, 5, 5)]), Side = 5 }).Conv("b", 6, 3);
        },
        ["sigmoid, division and a constant per channel"] = net =>
        {
            var x = net.Input.Conv("a", 6, 3, bias: true).Then(Activation.Sigmoid);
            var divided = net.Node("Div", [x.Value, net.Uniform("divisor", 1, 2, 1, 6, 1, 1)]);
            return (x with { Value = net.Node("Add", [divided, net.Normal("shift", 0.5, 6, 1, 1)]) }).Conv("b", 6, 3);
        },
        ["channels last"] = net =>
        {
            var x = net.Input.Conv("a", 6, 3).Relu();
            var mixed = Activation.Gelu.Apply(net, net.Linear("l", net.Node("Transpose", [x.Value], NodeAttribute.Of("perm", [0L, 2, 3, 1])), 6, 10));
            return (x with { Value = net.Node("Transpose", [mixed], NodeAttribute.Of("perm", [0L, 3, 1, 2])), Channels = 10 }).Conv("b", 6, 1);
        },
        ["instance normalisation and a concatenation along the width"] = net =>
        {
            var x = net.Input.Conv("a", 6, 3);
            var normal = net.Node("InstanceNormalization", [x.Value, net.Uniform("in.weight", 0.5, 1, 6), net.Normal("in.bias", 0.3, 6)]);
            return (x with { Value = net.Node("Concat", [normal, net.Input.Conv("e", 6, 3).Relu().Value], NodeAttribute.Of("axis", 3L)) }).Conv("b", 6, 3);
        },
        ["branches cut, picked and joined with the image"] = net =>
        {
            var x = net.Input.Conv("a", 8, 3).Relu();
            var (first, second) = x.Halves();
            var tail = net.Node("Slice", [x.Value, net.Integers(5), net.Integers(8), net.Integers(1)]);
            var picked = net.Node("Gather", [second.Value, net.Integers(3, 1, 1)], NodeAttribute.Of("axis", 1L));
            return FeatureMap.Concat(first, x with { Value = tail, Channels = 3 }, net.Input, x with { Value = picked, Channels = 3 }).Conv("b", 6, 3);
        },
    };

    public static TheoryData<string> Names => [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void HalfTheGroups_Go_AsIfTheyWereZeroed(string name)
    {
        var (shrunk, zeroed, whole) = (Built(name), Built(name), Built(name));
        Assert.True(Removals.Apply(shrunk, 0.5, seed: 1, zero: false));
        Assert.True(Removals.Apply(zeroed, 0.5, seed: 1, zero: true));
        Assert.Null(GraphRules.FirstBroken(shrunk.Graph));
        Assert.Equal(6 / 2, shrunk.Graph.Find("b.weight")!.Initializer!.Dims[0]);
        Assert.True(shrunk.Graph.Find("b.weight")!.Initializer!.Dims[1] < whole.Graph.Find("b.weight")!.Initializer!.Dims[1]);
        var found = Removals.Scores(shrunk, side: 8);
        Removals.AssertSameScores(Removals.Scores(zeroed, side: 8), found);
        Assert.NotEqual(Removals.Scores(whole, side: 8), found);
    }

    /// <summary>Its exporter stored one bias where two normalisations have equal ones and feeds the second through an Identity of the initializer.</summary>
    [SkippableTheory]
    [InlineData("resnet20_cifar10_dense", 3, 32)]
    [InlineData("lenet5_fmnist", 1, 28)]
    public void TrainedModels_AreNoDifferent(string name, int channels, int side)
    {
        Model Read() => OnnxReader.Read(SharedData.Require($"models/{name}.onnx"));
        var (shrunk, zeroed) = (Read(), Read());
        Assert.True(Removals.Apply(shrunk, 0.5, seed: 2, zero: false));
        Assert.True(Removals.Apply(zeroed, 0.5, seed: 2, zero: true));
        Removals.AssertSameScores(Removals.Scores(zeroed, channels, side), Removals.Scores(shrunk, channels, side));
    }

    private static Model Built(string name)
    {
        var net = new NetBuilder("small", new NetSize(8, Opset: 18));
        var map = Networks[name](net);
        return net.Classify("fc", map.GlobalPool().Flat(), map.Channels);
    }
}
