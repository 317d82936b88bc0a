using OnnxAudit.Compression.Structured;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles.Architectures;

namespace OnnxAudit.Tests.Compression.Structured;

/// <summary>What is left of constants, attributes and shapes when given filters go.</summary>
public class ShrinkingTests
{
    private readonly NetBuilder _net = new("small", new NetSize(8, Opset: 13));

    [Fact]
    public void AFilter_TakesItsBiasNormAndReaders_AndNamesStay()
    {
        var graph = Finished(_net.Input.Conv("a", 3, 1, bias: true).Bn("bn").Relu().Conv("b", 2, 1));
        var before = graph.Initializers.ToDictionary(v => v.Name, v => v.Initializer!.ToFloats());
        Removals.Remove(_net.Model, "a.weight", 1);
        Assert.Equal([2L, 3, 1, 1], Of("a.weight").Dims.ToArray());
        Assert.Equal([.. before["a.weight"][..3], .. before["a.weight"][6..]], Of("a.weight").ToFloats());
        foreach (var name in new[] { "a.bias", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var" }) Assert.Equal([before[name][0], before[name][2]], Of(name).ToFloats());
        Assert.Equal([before["b.weight"][0], before["b.weight"][2], before["b.weight"][3], before["b.weight"][5]], Of("b.weight").ToFloats());
        Assert.Equal([2L, 2, 1, 1], Of("b.weight").Dims.ToArray());
    }

    [Fact]
    public void FlattenedPixels_GoWithTheirChannel()
    {
        var model = _net.Classify("fc", _net.Input.Conv("a", 3, 1).MaxPool(4, 4).Flat(), 12);
        var before = model.Graph.Find("fc.weight")!.Initializer!.ToFloats();
        Removals.Remove(model, "a.weight", 0);
        Assert.Equal([10L, 8], Of("fc.weight").Dims.ToArray());
        Assert.Equal(before.Where((_, i) => i % 12 >= 4), Of("fc.weight").ToFloats());
        Removals.Scores(model, side: 8);
    }

    [Fact]
    public void ReshapeThatStatesTheCount_StatesTheNewOne()
    {
        var pooled = _net.Input.Conv("a", 3, 1).MaxPool(4, 4);
        var model = _net.Classify("fc", _net.Node("Reshape", [pooled.Value, _net.Integers(-1, 12)]), 12);
        Removals.Remove(model, "a.weight", 2);
        Assert.Equal([-1L, 8], model.Graph.Nodes.Single(n => n.Is("Reshape")).Input(1)!.Initializer!.Span<long>().ToArray());
        Removals.Scores(model, side: 8);
    }

    [Fact]
    public void GroupsAndDepthwise_CountFewer()
    {
        var graph = Finished(_net.Input.Conv("a", 6, 1).Conv("g", 3, 1, groups: 3).Relu().Conv("b", 2, 1).Conv("d", 2, 3, groups: 2).Conv("c", 2, 1));
        Removals.Remove(_net.Model, "g.weight", 1);
        Assert.Equal((2L, 4L), (graph.Nodes[1].Int("group", 1), Of("a.weight").Dims[0]));
        Assert.Equal([2L, 2, 1, 1], Of("g.weight").Dims.ToArray());
        Removals.Remove(_net.Model, "b.weight", 0);
        Assert.Equal(1L, graph.Nodes.Single(n => n.Input(1)?.Name == "d.weight").Int("group", 0));
    }

    [Fact]
    public void SplitSliceAndGather_CountAnew()
    {
        var (first, second) = _net.Input.Conv("a", 6, 1).Halves();
        var slice = _net.Node("Slice", [second.Value, _net.Integers(1), _net.Integers(3), _net.Integers(1)]);
        var gather = _net.Node("Gather", [second.Value, _net.Integers(2, 0)], NodeAttribute.Of("axis", 1L));
        Finished(FeatureMap.Concat(first, second with { Value = slice, Channels = 2 }, second with { Value = gather, Channels = 2 }).Conv("b", 2, 1));
        Removals.Remove(_net.Model, "a.weight", 0, 4);
        long[] Numbers(string op, int input) => _net.Model.Graph.Nodes.Single(n => n.Is(op)).Input(input)!.Initializer!.Span<long>().ToArray();
        Assert.Equal([2L, 2], Numbers("Split", 1));
        Assert.Equal((1L, 2L), (Numbers("Slice", 1)[0], Numbers("Slice", 2)[0])); // of a3 a5: a5
        Assert.Equal([1L, 0], Numbers("Gather", 1));
        Assert.Equal([2L, 5, 1, 1], Of("b.weight").Dims.ToArray()); // a1 a2 | a5 | a5 a3
        Removals.Scores(_net.Model, side: 8);
    }

    [Fact]
    public void AShuffle_BecomesOneGather()
    {
        Finished(_net.Input.Conv("a", 6, 1).Shuffle(2).Conv("b", 2, 1));
        Removals.Remove(_net.Model, "a.weight", 1);
        var gather = _net.Model.Graph.Nodes.Single(n => n.Is("Gather"));
        Assert.Equal([0L, 2, 3, 1, 4], gather.Input(1)!.Initializer!.Span<long>().ToArray()); // a0 a3 a4 a2 a5 among a0 a2 a3 a4 a5
        Assert.DoesNotContain(_net.Model.Graph.Nodes, n => n.Is("Transpose"));
    }

    [Fact]
    public void AConstantThatTwoLayersShare_IsCopiedOnlyWhereTheyDiffer()
    {
        // b1 is a's bias and, through an Identity, c's: exporters store equal biases once.
        var a = _net.Input.Conv("a", 3, 1, bias: true);
        var c = a.Relu().Conv("c", 3, 1, bias: true);
        var graph = Finished(c.Relu().Conv("d", 2, 1));
        var shared = graph.Find("a.bias")!;
        c.Value.Producer!.SetInput(2, graph.AddNode("Identity", [shared], [graph.Value("same")], at: 0).Outputs[0]);
        var bias = shared.Initializer!.ToFloats();
        Removals.Remove(_net.Model, "a.weight", 0);
        Assert.Equal([bias[1], bias[2]], graph.Nodes.Single(n => n.Input(1)?.Name == "a.weight").Input(2)!.Initializer!.ToFloats());
        Removals.Remove(_net.Model, "c.weight", 2);
        Assert.Equal([bias[0], bias[1]], graph.Nodes.Single(n => n.Input(1)?.Name == "c.weight").Input(2)!.Initializer!.ToFloats());
        Removals.Scores(_net.Model, side: 8);
    }

    [Fact]
    public void StatedShapes_AreTheNewOnes()
    {
        var a = _net.Input.Conv("a", 3, 1);
        a.Value.Type = new TensorType(ElementType.Float, [new Dim(null, "batch"), 3, 8, 8]);
        Finished(a.Conv("b", 2, 1));
        Removals.Remove(_net.Model, "a.weight", 1);
        Assert.Equal("Float[batch,2,8,8]", a.Value.Type!.ToString());
    }

    [Fact]
    public void WeightsListedAsInputs_StayListed()
    {
        _net.Model.IrVersion = 3;
        var graph = Finished(_net.Input.Conv("a", 3, 1).Conv("b", 2, 1));
        foreach (var value in graph.Initializers.ToArray())
        {
            value.Type = new TensorType(value.Initializer!.Type, [.. value.Initializer.Dims.ToArray().Select(d => (Dim)d)]);
            graph.AddInput(value);
        }

        Removals.Remove(_net.Model, "a.weight", 1);
        Assert.All(graph.Initializers, v => Assert.True(v.IsInput, v.Name));
        Assert.Equal("Float[2,3,1,1]", graph.Find("a.weight")!.Type!.ToString());
        Assert.Equal(graph.Initializers.Count + 1, graph.Inputs.Count);
        Removals.Scores(_net.Model, side: 8);
    }

    [Fact]
    public void Zeroing_MakesTheChannelExactlyZero_AndChangesNoShape()
    {
        var made = _net.Input.Conv("a", 3, 1, bias: true).Bn("bn");
        var graph = Finished(made.Then(Activation.Sigmoid).Conv("b", 2, 1));
        var walk = Removals.Walk(_net.Model);
        Shrinking.Zero(_net.Model, walk, new Removal(walk.Ids, new HashSet<int> { walk.Layers[0].Ids[1] }));
        foreach (var name in new[] { "a.bias", "bn.weight", "bn.bias", "bn.running_mean" }) Assert.Equal([false, true, false], Of(name).ToFloats().Select(v => v == 0));
        Assert.DoesNotContain(0f, Of("bn.running_var").ToFloats());
        Assert.Equal([0, 0, 0], Of("a.weight").ToFloats()[3..6]);
        Assert.Equal((0, 0), (Of("b.weight").ToFloats()[1], Of("b.weight").ToFloats()[4])); // Sigmoid makes ½ of the zero: its reader drops it
        Assert.Equal(3, Of("a.weight").Dims[0]);
    }

    private Graph Finished(FeatureMap map)
    {
        _net.Classify("fc", map.GlobalPool().Flat(), map.Channels);
        return _net.Model.Graph;
    }

    private Tensor Of(string name) => _net.Model.Graph.Find(name)!.Initializer!;
}
