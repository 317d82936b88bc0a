using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Compression.Quantisation;

/// <summary>Which values of a small residual classifier become 8-bit.</summary>
public class QuantisationPlanTests
{
    [Fact]
    public void Values_AreThoseThatLayersAdditionsAndPoolsExchange_UpToTheLastLayer()
    {
        var plan = QuantisationPlan.Of(Residual(), []);
        Assert.Equal(["stem", "branch", "head"], plan.Layers.Select(l => l.Name));
        Assert.Equal([0, 0, 1], plan.Layers.Select(l => l.Axis));
        // Not stem's raw output, which only its Relu reads; not the product, the constant added to it, or what follows.
        Assert.Equal(["x", "a", "p", "c", "t", "g", "f"], plan.Activations.Keys.Select(v => v.Name));
    }

    [Fact]
    public void WhatMovesElements_KeepsTheCodeOfWhatItReads()
    {
        var roots = QuantisationPlan.Of(Residual(), []).Activations.ToDictionary(a => a.Key.Name, a => a.Value.Name);
        Assert.Equal(("a", "g", "c"), (roots["p"], roots["f"], roots["c"]));
    }

    [Fact]
    public void Additions_MayBeExcludedToo()
    {
        var plan = QuantisationPlan.Of(Residual(), ["Add"]);
        Assert.Equal(["x", "a", "p", "c", "t", "g", "f"], plan.Activations.Keys.Select(v => v.Name)); // branch and the pool still make and read theirs
        Assert.Equal(["join"], plan.Excluded.Select(n => n.Name));
    }

    [Fact]
    public void IntegerArithmetic_IsLeftAlone()
    {
        var model = Residual();
        var graph = model.Graph;
        graph.SetInitializer("one", Tensor.From<long>(ElementType.Int64, [1], [1L]));
        graph.AddNode("Shape", [graph.Find("x")], [graph.Value("shape")]);
        graph.AddNode("Add", [graph.Find("shape"), graph.Find("shape")], [graph.Value("twice")]);
        graph.AddNode("Conv", [graph.Find("x"), graph.Find("w0")], [graph.Value("z")], "other");
        var plan = QuantisationPlan.Of(model, []);
        Assert.DoesNotContain(plan.Activations.Keys, v => v.Name is "shape" or "twice");
    }

    // x → stem → Relu a → MaxPool p → branch c; t = Relu(c + p); g = mean of t; f = Flatten g; y = Softmax(f·w2 + b).
    private static Model Residual()
    {
        var graph = new Graph("residual");
        var model = new Model(graph);
        model.Opsets.Add(new("", 13));
        Value Of(string name) => graph.Value(name);
        Of("x").Type = new TensorType(ElementType.Float, [new Dim(null, "batch"), 2, 8, 8]);
        graph.AddInput(Of("x"));
        Of("y").Type = new TensorType(ElementType.Float, [new Dim(null, "batch"), 3]);
        graph.AddOutput(Of("y"));
        graph.SetInitializer("w0", Tensor.FromFloats([4, 2, 1, 1], new float[8]));
        graph.SetInitializer("w1", Tensor.FromFloats([4, 4, 1, 1], new float[16]));
        graph.SetInitializer("w2", Tensor.FromFloats([4, 3], new float[12]));
        graph.SetInitializer("b", Tensor.FromFloats([3], new float[3]));
        graph.AddNode("Conv", [Of("x"), Of("w0")], [Of("s")], "stem");
        graph.AddNode("Relu", [Of("s")], [Of("a")]);
        graph.AddNode("MaxPool", [Of("a")], [Of("p")]).Set(NodeAttribute.Of("kernel_shape", [2L, 2L])).Set(NodeAttribute.Of("strides", [2L, 2L]));
        graph.AddNode("Conv", [Of("p"), Of("w1")], [Of("c")], "branch");
        graph.AddNode("Add", [Of("c"), Of("p")], [Of("j")], "join");
        graph.AddNode("Relu", [Of("j")], [Of("t")]);
        graph.AddNode("GlobalAveragePool", [Of("t")], [Of("g")]);
        graph.AddNode("Flatten", [Of("g")], [Of("f")]);
        graph.AddNode("MatMul", [Of("f"), Of("w2")], [Of("m")], "head");
        graph.AddNode("Add", [Of("m"), Of("b")], [Of("l")]);
        graph.AddNode("Softmax", [Of("l")], [Of("y")]);
        return model;
    }
}
