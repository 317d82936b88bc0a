using OnnxAudit.Compression.Structured;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles.Architectures;

namespace OnnxAudit.Tests.Compression.Structured;

/// <summary>Which channels each operator carries where, on small graphs with the channels written out: "a0" is what filter 0 of layer a makes.</summary>
public class ChannelWalkTests
{
    private readonly NetBuilder _net = new("small", new NetSize(8, Opset: 18));

    [Fact]
    public void Convolution_MakesChannelsOfItsOwn()
    {
        var (a, b) = (Conv("a", 2), Conv("b", 3));
        Assert.Equal(("a0 a1", "b0 b1 b2"), (Channels(a.Value), Channels(b.Value)));
    }

    [Fact]
    public void Addition_TiesBothBranches()
    {
        var a = Conv("a", 3);
        var sum = a.Add(a.Relu().Conv("b", 3, 1));
        Assert.Equal("a0 a1 a2", Channels(sum.Value));
        Assert.Equal("a0 a1 a2", Channels(sum.Value.Producer!.Input(1)!));
    }

    [Fact]
    public void Concatenation_PutsThemOneAfterTheOther()
    {
        var (a, b) = (Conv("a", 2), Conv("b", 1));
        Assert.Equal("a0 a1 b0 a0 a1", Channels(FeatureMap.Concat(a, b, a).Value));
    }

    [Fact]
    public void Concatenation_AlongTheHeight_TiesTheOperands() =>
        Assert.Equal("a0 a1", Channels(Concat(2, Conv("a", 2).Value, Conv("b", 2).Value).Producer!.Input(1)!));

    [Fact]
    public void Concatenation_WithTheImage_KeepsTheImagesChannels()
    {
        var joined = Concat(1, Conv("a", 2).Value, _net.Input.Value);
        Assert.Equal("a0 a1 ? ? ?", Channels(joined));
        Assert.Equal(["free", "they come to node 'Concat_1' (Concat) from an operand that is not followed"], Reasons(joined));
    }

    [Fact]
    public void Depthwise_FollowsItsInput() => Assert.Equal("a0 a1 a2", Channels(Conv("a", 3).Conv("d", 3, 3, groups: 3).Value));

    [Fact]
    public void DepthwiseWithTwoFiltersAChannel_FollowsItTwice() => Assert.Equal("a0 a0 a1 a1", Channels(Conv("a", 2).Conv("d", 4, 3, groups: 2).Value));

    [Fact]
    public void Groups_GoWhole()
    {
        var a = Conv("a", 6);
        Assert.Equal("a0 a0 a2 a2 a4 a4", Channels(a.Conv("g", 6, 1, groups: 3).Value));
        Assert.Equal("a0 a0 a2 a2 a4 a4", Channels(a.Value));
    }

    [Fact]
    public void Flatten_RepeatsAChannelForEveryPixel() => Assert.Equal("a0 a0 a0 a0 a1 a1 a1 a1", Channels(Conv("a", 2).MaxPool(4, 4).Flat()));

    [Fact]
    public void FlattenedLinear_ReadsEachPixelOfAChannel()
    {
        _net.Classify("fc", Conv("a", 2).MaxPool(4, 4).Flat(), 8);
        var walk = Removals.Walk(_net.Model);
        var reads = walk.Slices.Single(s => s.Node.OpType == "Gemm" && s.Role == SliceRole.Reads);
        Assert.Equal((1, 1), (reads.Input, reads.Axis));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], reads.Ids);
    }

    [Theory]
    [InlineData("Relu")]
    [InlineData("Sigmoid")]
    [InlineData("GlobalAveragePool")]
    [InlineData("Dropout")]
    [InlineData("Identity")]
    public void OneInput_KeepsTheChannels(string op) => Assert.Equal("a0 a1", Channels(_net.Node(op, [Conv("a", 2).Value])));

    [Fact]
    public void Normalisation_KeepsThemAndHasASlicePerChannel()
    {
        Assert.Equal("a0 a1", Channels(Conv("a", 2).Bn("bn").Value));
        var slices = Removals.Walk(_net.Model).Slices.Where(s => s.Node.OpType == "BatchNormalization").ToArray();
        Assert.Equal([1, 2, 3, 4], slices.Select(s => s.Input));
        Assert.Equal([SliceRole.Makes, SliceRole.Makes, SliceRole.Makes, SliceRole.Goes], slices.Select(s => s.Role));
    }

    [Fact]
    public void Split_DealsThemOut()
    {
        var (first, second) = Conv("a", 4).Halves();
        Assert.Equal(("a0 a1", "a2 a3"), (Channels(first.Value), Channels(second.Value)));
    }

    [Theory]
    [InlineData(1, 3, 1, "a1 a2")]
    [InlineData(-2, 99, 1, "a2 a3")]
    [InlineData(0, 2, 2, "a0 a1 a2 a3")] // along the height
    public void Slice_TakesARun(long start, long end, long axis, string expected) =>
        Assert.Equal(expected, Channels(_net.Node("Slice", [Conv("a", 4).Value, _net.Integers(start), _net.Integers(end), _net.Integers(axis)])));

    [Fact]
    public void Gather_PicksInAnyOrder() =>
        Assert.Equal("a3 a0 a0", Channels(_net.Node("Gather", [Conv("a", 4).Value, _net.Integers(-1, 0, 0)], NodeAttribute.Of("axis", 1L))));

    [Fact]
    public void Shuffle_DealsGroupsOutInTurn() => Assert.Equal("a0 a3 a1 a4 a2 a5", Channels(Conv("a", 6).Shuffle(2).Value));

    [Fact]
    public void ShuffleInThreeParts_IsFollowedToo()
    {
        var cut = _net.Node("Reshape", [Conv("a", 8).Value, _net.Integers(-1, 2, 2, 2, 8, 8)]);
        var joined = _net.Node("Reshape", [_net.Node("Transpose", [cut], NodeAttribute.Of("perm", [0L, 3, 1, 2, 4, 5])), _net.Integers(-1, 8, 8, 8)]);
        Assert.Equal("a0 a2 a4 a6 a1 a3 a5 a7", Channels(joined));
    }

    [Fact]
    public void Gate_IsTiedToWhatItScales()
    {
        var a = Conv("a", 2);
        Assert.Equal("a0 a1", Channels(a.SqueezeExcite("se", "r", "e", 4, Activation.Relu, Activation.Sigmoid).Value));
        var walk = Removals.Walk(_net.Model);
        var expand = walk.Layers.Single(l => l.WeightName == "se.e.weight");
        Assert.Equal(walk.MapOf(a.Value)!.Ids, expand.Ids.Select(walk.Ids.Root));
    }

    [Fact]
    public void Slopes_GoWithTheChannels()
    {
        Assert.Equal("a0 a1", Channels(_net.Node("PRelu", [Conv("a", 2).Value, _net.Uniform("slope", 0, 1, 2, 1, 1)])));
        var slope = Removals.Walk(_net.Model).Slices.Single(s => s.Node.OpType == "PRelu");
        Assert.Equal((1, 0, SliceRole.Goes), (slope.Input, slope.Axis, slope.Role));
    }

    [Fact]
    public void OneChannelSpreadOverAll_Stays()
    {
        var (a, b) = (Conv("a", 2), Conv("b", 1));
        _net.Node("Mul", [a.Value, b.Value]);
        Assert.Equal(["free"], Reasons(a.Value));
        Assert.Equal(["it is spread over all channels by node 'Mul_2' (Mul)"], Reasons(b.Value));
    }

    [Fact]
    public void PadAndResize_KeepTheChannels()
    {
        var padded = _net.Node("Pad", [Conv("a", 2).Value, _net.Integers(0, 0, 1, 1, 0, 0, 1, 1)]);
        Assert.Equal("a0 a1", Channels(padded));
        Assert.Equal("a0 a1", Channels(_net.Node("Resize", [padded, null, null, _net.Integers(1, 2, 20, 20)])));
    }

    [Fact]
    public void PadAlongTheChannels_KeepsThem() => Assert.Equal(["they reach node 'Pad_1' (Pad): it may add channels"],
        Reasons(_net.Node("Pad", [Conv("a", 2).Value, _net.Integers(0, 1, 0, 0, 0, 0, 0, 0)]).Producer!.Input(0)!));

    [Theory]
    [InlineData(true, "a0 a1")]
    [InlineData(false, "a0 a1")]
    public void MeanOverPixels_KeepsThem(bool keep, string expected) => Assert.Equal(expected, Channels(_net.Mean(Conv("a", 2).Value, keep, 2, 3)));

    [Fact]
    public void MeanOverChannels_KeepsThemAll()
    {
        var a = Conv("a", 2).Value;
        _net.Mean(a, true, 1);
        Assert.Equal(["they reach node 'ReduceMean_1' (ReduceMean): it reduces over channels"], Reasons(a));
    }

    [Fact]
    public void ChannelsLast_MeetALinearLayer()
    {
        var last = _net.Node("Transpose", [Conv("a", 2).Value], NodeAttribute.Of("perm", [0L, 2, 3, 1]));
        Assert.Equal(3, Removals.Walk(_net.Model).MapOf(last)!.Axis);
        Assert.Equal("l0 l1 l2", Channels(_net.Linear("l", last, 2, 3)));
        Assert.Contains(Removals.Walk(_net.Model).Slices, s => s.Node.OpType == "MatMul" && s.Role == SliceRole.Reads && s.Axis == 0);
    }

    [Theory]
    [InlineData(1, "they reach node 'Softmax_1' (Softmax): it sums over channels")]
    [InlineData(-1, "free")]
    public void Softmax_KeepsThemWhereItSumsOverThem(long axis, string expected)
    {
        var a = Conv("a", 2).Value;
        _net.Node("Softmax", [a], NodeAttribute.Of("axis", axis));
        Assert.Equal([expected], Reasons(a));
    }

    [Fact]
    public void AnOperatorWithoutARule_KeepsThem_ByName()
    {
        var a = Conv("a", 2).Value;
        _net.Node("LRN", [a], NodeAttribute.Of("size", 3L));
        Assert.Equal(["they reach node 'LRN_1' (LRN): no rule follows channels through this operator"], Reasons(a));
    }

    [Fact]
    public void Scores_Stay()
    {
        var model = _net.Classify("fc", Conv("a", 2).GlobalPool().Flat(), 2);
        Assert.Equal(["they are the output 'logits'"], Reasons(model.Graph.Outputs[0]));
        Assert.Equal(["free"], Reasons(model.Graph.Nodes[0].Outputs[0]!));
    }

    [Fact]
    public void AReshapeThatCutsThem_KeepsThem()
    {
        var a = Conv("a", 4).Value;
        _net.Node("Reshape", [a, _net.Integers(-1, 2, 2, 8, 8)]);
        Assert.Equal(["they reach node 'Reshape_1' (Reshape): it cuts the channels' axis, and what follows is no channel shuffle"], Reasons(a));
    }

    [Fact]
    public void TwoChannelsOfOneValue_MayBeTied_ByWhatReadsThem()
    {
        // a + its own shuffle: 0→0, 1→2, 2→1, 3→3, so that 1 and 2 go together.
        var a = Conv("a", 4);
        Assert.Equal("a0 a1 a1 a3", Channels(a.Add(a.Shuffle(2)).Value));
    }

    private FeatureMap Conv(string name, int filters) => _net.Input.Conv(name, filters, 3);

    private Value Concat(long axis, params Value[] values) => _net.Node("Concat", [.. values], NodeAttribute.Of("axis", axis));

    private string Channels(Value value) => Removals.Channels(Removals.Walk(_net.Model), value);

    private string[] Reasons(Value value) => Removals.Reasons(Removals.Walk(_net.Model), value);
}
