using OnnxAudit.Compression;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Compression;

public class PrunableTests
{
    [Fact]
    public void Find_TakesConventionalWeights_InNodeOrder_SharedOnesOnce()
    {
        Assert.Equal(
            ["w.conv (Conv c1)", "w.up (ConvTranspose t1)", "w.seen (MatMul m1)", "w.fc (Gemm fc)"],
            Prunable.Find(Mixed()).Select(p => $"{p.Name} ({p.OpType} {p.NodeName})"));
    }

    [Theory]
    [InlineData("Conv", "w.conv")]
    [InlineData("Conv*", "w.conv w.up")]
    [InlineData("fc", "w.fc")]
    [InlineData("w.?onv", "w.conv")]
    [InlineData("b.fc", "b.fc")]
    [InlineData("*", "w.conv w.up w.seen w.fc")]
    public void Find_Includes_ByOperatorNodeOrName(string pattern, string expected) =>
        Assert.Equal(expected, string.Join(' ', Prunable.Find(Mixed(), [pattern]).Select(p => p.Name)));

    [Fact]
    public void Find_Widens_WithoutLosingForwardOrder() =>
        Assert.Equal(["w.conv", "w.fc", "b.fc"], Prunable.Find(Mixed(), ["b.fc", "fc", "Conv"]).Select(p => p.Name));

    [Fact]
    public void Find_Excludes_AlsoWhatIncludeLeftOut() =>
        Assert.Equal(["w.conv"], Prunable.Find(Mixed(), ["Conv"], ["Gemm", "t1"]).Select(p => p.Name));

    [Theory]
    [InlineData("conv")]
    [InlineData("b.*")]
    [InlineData("ints")]
    [InlineData("")]
    public void Find_ListsWhatIsPrunable_WhenAPatternFitsNothing(string pattern)
    {
        foreach (var find in new Func<object>[] { () => Prunable.Find(Mixed(), [pattern]), () => Prunable.Find(Mixed(), null, [pattern]) })
        {
            var e = Assert.Throws<AuditException>(find);
            Assert.Equal(AuditCode.Usage, e.Code);
            Assert.EndsWith("Prunable are: w.conv (Conv 'c1'), w.up (ConvTranspose 't1'), w.seen (MatMul 'm1'), w.fc (Gemm 'fc').", e.Message);
        }
    }

    [Fact]
    public void Find_TakesWeights_UsedInsideASubgraph()
    {
        var graph = new Graph("outer");
        var x = graph.Value("x");
        graph.AddInput(x);
        var w = graph.SetInitializer("w", Tensor.FromFloats([1, 1], [1f]));
        var body = new Graph("body", graph);
        body.AddNode("MatMul", [x, w], [body.Value("out")], "inner");
        body.AddOutput(body.Value("out"));
        graph.AddNode("If", [x], [graph.Value("y")], "if").Set(NodeAttribute.Of("then_branch", body));
        Assert.Equal("inner", Assert.Single(Prunable.Find(new Model(graph))).NodeName);
    }

    /// <summary>Conv (weight shared with a second Conv), ConvTranspose, MatMul through Identity and Transpose, Gemm, batch norm, embedding, int weights.</summary>
    private static Model Mixed()
    {
        var graph = new Graph("mixed");
        Value Weights(string name) => graph.SetInitializer(name, Tensor.FromFloats([2, 2], [1, 2, 3, 4]));
        Value New(string name) => graph.Value(name);
        var x = New("x");
        graph.AddInput(x);
        graph.AddNode("Gather", [Weights("embedding"), x], [New("e")], "g");
        graph.AddNode("Conv", [New("e"), Weights("w.conv"), Weights("b.conv")], [New("c1")], "c1");
        graph.AddNode("Conv", [New("c1"), New("w.conv")], [New("c2")], "c2");
        graph.AddNode("BatchNormalization", [New("c2"), Weights("bn.s"), Weights("bn.b"), Weights("bn.m"), Weights("bn.v")], [New("n")], "bn");
        graph.AddNode("ConvTranspose", [New("n"), Weights("w.up")], [New("t")], "t1");
        graph.AddNode("Identity", [Weights("w.seen")], [New("i")], "id");
        graph.AddNode("Transpose", [New("i")], [New("it")], "tr");
        graph.AddNode("MatMul", [New("t"), New("it")], [New("m")], "m1");
        graph.AddNode("MatMulInteger", [New("m"), Weights("w.other")], [New("q")], "mi");
        graph.SetInitializer("ints", Tensor.From<long>(ElementType.Int64, [1, 1], [3]));
        graph.AddNode("MatMul", [New("q"), New("ints")], [New("r")], "m2");
        graph.AddNode("Gemm", [New("r"), Weights("w.fc"), Weights("b.fc")], [New("y")], "fc");
        graph.AddOutput(New("y"));
        return new Model(graph);
    }
}
