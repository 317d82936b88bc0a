using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Graphs;

public class GraphTests
{
    private readonly Graph _graph = new("g");

    [Fact]
    public void Edits_KeepBothEndsOfEveryEdge()
    {
        var (x, w) = (Input("x"), _graph.SetInitializer("w", Tensor.FromFloats([1], [1])));
        var a = _graph.AddNode("Add", [x, w], [_graph.Value("a")]);
        var b = _graph.AddNode("Mul", [_graph.Value("a"), w], [_graph.Value("b")]);
        Assert.Null(GraphRules.FirstBroken(_graph));
        Graph.ReplaceUses(w, x);
        Assert.Empty(w.Uses);
        Assert.Equal([new Use(a, 0), new Use(a, 1), new Use(b, 1)], x.Uses);
        _graph.Remove(b);
        Assert.Empty(_graph.Value("a").Uses);
        Assert.Null(_graph.Value("b").Producer);
        Assert.Null(GraphRules.FirstBroken(_graph));
    }

    [Fact]
    public void AValue_HasOneMaker()
    {
        _graph.AddNode("A", [], [_graph.Value("a")]);
        Assert.Throws<InvalidOperationException>(() => _graph.AddNode("B", [], [_graph.Value("a")]));
    }

    [Fact]
    public void Listings_AreTrueAndOnce()
    {
        var x = Input("x");
        Assert.True(x.IsInput);
        Assert.Throws<InvalidOperationException>(() => _graph.AddInput(x));
        _graph.AddOutput(x);
        Assert.True(x.IsOutput);
        Assert.Throws<InvalidOperationException>(() => _graph.AddOutput(x));
        _graph.RemoveInput(x);
        _graph.RemoveOutput(x);
        Assert.False(x.IsInput || x.IsOutput);
        Assert.Throws<InvalidOperationException>(() => _graph.AddInput(new Graph("other").Value("y")));
    }

    [Fact]
    public void NewNames_AreFreeHereAndAround()
    {
        var inner = new Graph("inner", _graph);
        Input("x");
        inner.Value("x_1");
        Assert.Equal("x_2", inner.NewValue("x").Name);
        Assert.Throws<InvalidOperationException>(() => _graph.Rename(_graph.Value("y"), "x"));
        _graph.Rename(_graph.Value("y"), "z");
        Assert.Null(_graph.Find("y"));
        Assert.Throws<InvalidOperationException>(() => _graph.Forget(_graph.Value("x")));
        _graph.Forget(_graph.Value("z"));
        Assert.Null(_graph.Find("z"));
    }

    [Fact]
    public void Reorder_TakesTheSameNodesOnly()
    {
        var (a, b) = (_graph.AddNode("A", [], [_graph.Value("a")]), _graph.AddNode("B", [], [_graph.Value("b")]));
        _graph.Reorder([b, a]);
        Assert.Equal([b, a], _graph.Nodes);
        Assert.Throws<ArgumentException>(() => _graph.Reorder([a, a]));
    }

    [Fact]
    public void Sort_KeepsFreeNodesInPlace_AndFindsCycles()
    {
        var x = Input("x");
        var late = _graph.AddNode("Late", [_graph.Value("a")], [_graph.Value("l")]);
        var free = _graph.AddNode("Free", [x], [_graph.Value("f")]);
        var early = _graph.AddNode("Early", [x], [_graph.Value("a")]);
        Assert.Contains("Late", GraphRules.FirstBroken(_graph)!, StringComparison.Ordinal);
        Assert.Null(GraphOrder.Sort(_graph));
        Assert.Equal([free, early, late], _graph.Nodes);
        early.SetInput(1, _graph.Value("l"));
        Assert.Contains(GraphOrder.Sort(_graph), new[] { early, late });
        Assert.Equal([free, early, late], _graph.Nodes);
    }

    [Fact]
    public void Rules_NameWhatIsBroken()
    {
        Input("x");
        _graph.AddOutput(_graph.Value("nowhere"));
        Assert.Equal("every graph output is defined: 'nowhere'", GraphRules.FirstBroken(_graph));
        _graph.RemoveOutput(_graph.Value("nowhere"));
        _graph.AddNode("A", [_graph.Value("ghost")], [_graph.Value("a")], "n");
        Assert.Equal("a value is defined before it is used: node 'n' (A) uses 'ghost'", GraphRules.FirstBroken(_graph));
        _graph.SetInitializer("ghost", Tensor.FromFloats([1], [0]));
        Assert.Null(GraphRules.FirstBroken(_graph));
        _graph.SetInitializer("a", Tensor.FromFloats([1], [0]));
        Assert.Contains("makes 'a'", GraphRules.FirstBroken(_graph)!, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_HoldExactlyTheirBytes()
    {
        Assert.Throws<ArgumentException>(() => new Tensor(ElementType.Float, [2], new byte[7]));
        Assert.Throws<ArgumentException>(() => new Tensor(ElementType.String, [1], new byte[1]));
        Assert.Throws<OverflowException>(() => Tensor.CountOf([1L << 40, 1L << 40]));
        Assert.Equal(2, new Tensor(ElementType.Int4, [3], new byte[2]).Data.Length);
        Assert.Throws<InvalidOperationException>(() => new Tensor(ElementType.Int8, [4], new byte[4]).Span<float>().Length);
    }

    private Value Input(string name)
    {
        var value = _graph.Value(name);
        _graph.AddInput(value);
        return value;
    }
}
