using OnnxAudit.Compression;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles.Architectures;

namespace OnnxAudit.Tests.Compression.Structured;

/// <summary>Networks of every architecture with half their channel groups removed compute what they do with these groups zeroed.</summary>
public class ArchitectureRemovalTests
{
    public static TheoryData<string, double, double, long> Cases => new()
    {
        { "resnet18-cifar", 0.25, 1, 13 }, { "resnet50", 0.25, 0.5, 18 }, { "vgg16", 0.25, 1, 18 }, { "densenet121", 0.5, 0.5, 13 }, { "mobilenetv2", 0.5, 1, 18 }, { "mobilenetv3", 0.5, 1, 13 },
        { "efficientnet", 0.5, 0.5, 18 }, { "inception", 0.25, 0.5, 18 }, { "shufflenet", 0.5, 1, 13 }, { "shufflenet", 0.25, 0.5, 18 }, { "squeezenet", 0.5, 1, 18 }, { "convnext", 0.25, 0.5, 18 },
        { "vit", 0.25, 0.5, 18 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void HalfTheChannels_Go_AsIfTheyWereZeroed(string name, double width, double depth, long opset)
    {
        var size = new NetSize(32, width, depth, 10, opset);
        Model Built() => Architecture.Of(name).Build(size);
        var (shrunk, zeroed, matched) = (Built(), Built(), Built());
        Assert.True(Removals.Apply(shrunk, 0.5, seed: 3, zero: false));
        Assert.True(Removals.Apply(zeroed, 0.5, seed: 3, zero: true));
        Assert.Null(GraphRules.FirstBroken(shrunk.Graph));
        Assert.True(Parameters(shrunk) < 0.8 * Parameters(zeroed), $"{Parameters(shrunk)} of {Parameters(zeroed)} parameters");
        Assert.Equal(Parameters(Built()), Parameters(zeroed));
        Assert.True(MatchedSlices.Zero(matched, shrunk) > 0);
        var found = Removals.Scores(shrunk);
        Removals.AssertSameScores(Removals.Scores(matched), found);
        Removals.AssertSameScores(Removals.Scores(zeroed), found);
    }

    [Theory]
    [InlineData("resnet50")]
    [InlineData("mobilenetv2")]
    [InlineData("shufflenet")]
    public void NineTenthsInOnePool_LeaveEveryValueAChannel(string name)
    {
        var size = Architecture.Of(name).Small;
        var (shrunk, matched) = (Architecture.Of(name).Build(size), Architecture.Of(name).Build(size));
        Removals.Apply(shrunk, 0.9, seed: 5, zero: false, MaskScope.Global);
        MatchedSlices.Zero(matched, shrunk);
        Removals.AssertSameScores(Removals.Scores(matched), Removals.Scores(shrunk));
    }

    private static long Parameters(Model model) => model.Graph.Initializers.Where(v => v.Initializer!.Type == ElementType.Float).Sum(v => v.Initializer!.Count);
}
