using OnnxAudit.Graphs;
using OnnxAudit.Tests.Onnx;
using static OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Graphs;

public class GraphTrimTests
{
    [Fact]
    public void WhatNoOutputNeeds_Goes_AndInputsStay()
    {
        var sketch = new Sketch();
        var unused = sketch.Graph.Value("unused");
        sketch.Graph.AddInput(unused);
        var y = sketch.Node("Add", [sketch.X, sketch.Weight(6)]);
        var dead = sketch.Node("Mul", [sketch.Node("Neg", [y]), sketch.Weight(6)]);
        sketch.Ends(y);
        Assert.True(GraphTrim.Trim(sketch.Graph));
        Assert.Equal(["Add"], sketch.Graph.Nodes.Select(n => n.OpType));
        Assert.Single(sketch.Graph.Initializers);
        Assert.Equal([sketch.X, unused], sketch.Graph.Inputs);
        Assert.Null(sketch.Graph.Find(dead.Name));
        Assert.Equal(4, sketch.Graph.Values.Count);
        Assert.Null(GraphRules.FirstBroken(sketch.Graph));
        Assert.False(GraphTrim.Trim(sketch.Graph));
    }

    [Fact]
    public void AnOverridableInitializer_StaysThoughNobodyReadsIt()
    {
        var sketch = new Sketch(ir: 3);
        var weight = sketch.Weight(6);
        sketch.Ends(sketch.Node("Relu", [sketch.X]));
        Assert.False(GraphTrim.Trim(sketch.Graph));
        Assert.NotNull(weight.Initializer);
    }

    [Fact]
    public void OfSeveralOutputs_OneThatIsReadKeepsTheNode()
    {
        var sketch = new Sketch();
        var first = sketch.Node("Split", [sketch.X], Of("axis", 1L));
        var second = sketch.Graph.Value("second");
        first.Producer!.SetOutput(1, second);
        sketch.Ends(second);
        Assert.False(GraphTrim.Trim(sketch.Graph));
        Assert.Same(first, sketch.Graph.Nodes[0].Outputs[0]);
    }

    [Fact]
    public void WhatASubgraphReads_Stays_UntilTheSubgraphGoes()
    {
        var sketch = new Sketch();
        var outer = sketch.Node("Neg", [sketch.X]);
        var listed = sketch.Weight(6);
        Graph Branch(string name)
        {
            var graph = new Graph(name, sketch.Graph);
            var made = graph.Value($"{name}_made");
            graph.AddNode("Add", [outer, sketch.X], [made]);
            graph.AddNode("Mul", [outer, sketch.X], [graph.Value($"{name}_dead")]);
            graph.AddOutput(made);
            graph.AddOutput(listed);
            return graph;
        }

        var condition = sketch.Constant(new Tensor(ElementType.Bool, [], new byte[] { 1 }));
        var y = sketch.Node("If", [condition], Of("then_branch", Branch("then")), Of("else_branch", Branch("else")));
        var other = sketch.Graph.Value("other");
        y.Producer!.SetOutput(1, other);
        sketch.Ends(y);
        Assert.True(GraphTrim.Trim(sketch.Graph));
        Assert.Equal(["Neg", "If"], sketch.Graph.Nodes.Select(n => n.OpType));
        Assert.All(GraphRules.Subgraphs(sketch.Graph), g => Assert.Equal("Add", Assert.Single(g.Nodes).OpType));
        Assert.NotNull(listed.Initializer);
        sketch.Graph.RemoveOutput(y);
        sketch.Ends(sketch.Node("Relu", [sketch.X]));
        Assert.True(GraphTrim.Trim(sketch.Graph));
        Assert.Equal(["Relu"], sketch.Graph.Nodes.Select(n => n.OpType));
        Assert.Empty(sketch.Graph.Initializers);
        Assert.Null(GraphRules.FirstBroken(sketch.Graph));
    }
}
