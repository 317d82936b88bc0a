using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Onnx;
using static OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Runtime;

public class ShapeProbeTests
{
    private static readonly Dim Batch = new(null, "batch");

    [Fact]
    public void WhatPropagationCannotTell_IsFoundByRunning()
    {
        // Gelu of another domain is unknown to propagation; the batch folded into rows is a multiple; the count of what is not zero is neither.
        var sketch = new Sketch(18, 8, Batch, 4, 6);
        var foreign = sketch.NodeOf("com.microsoft", "Gelu", [sketch.X]);
        var rows = sketch.Node("Reshape", [foreign, sketch.Integers(-1, 6)]);
        var found = sketch.Node("NonZero", [sketch.X]);
        var model = sketch.Ends(sketch.Node("Relu", [rows]));
        model.Graph.AddOutput(found);
        var facts = ShapeFacts.Of(model.Graph);
        Assert.Null(facts.TypeOf(foreign));
        var before = OnnxWriter.ToBytes(model);
        ShapeProbe.Fill(facts, model, Ort.Library);
        Assert.Equal("Float[batch,4,6]", $"{facts.TypeOf(foreign)}");
        Assert.Equal("Float[4*batch,6]", $"{facts.TypeOf(rows)}");
        Assert.Equal("Float[4*batch,6]", $"{facts.TypeOf(model.Graph.Outputs[0])}");
        Assert.Equal(3, facts.TypeOf(found)!.Shape![0].Size);
        Assert.StartsWith("?", facts.TypeOf(found)!.Shape![1].Symbol, StringComparison.Ordinal);
        Assert.Equal(before, OnnxWriter.ToBytes(model));
    }

    [Fact]
    public void AModelWithoutShapes_TakesTheGivenOnes()
    {
        var sketch = new Sketch(18, 8);
        sketch.X.Type = new TensorType(ElementType.Float, null);
        var convolved = sketch.Node("Conv", [sketch.X, sketch.Weight(8, 3, 3, 3)], Of("strides", [2L, 2]));
        var foreign = sketch.NodeOf("com.microsoft", "Gelu", [convolved]);
        var model = sketch.Ends(sketch.Node("GlobalAveragePool", [foreign]));
        var facts = ShapeFacts.Of(model.Graph);
        ShapeProbe.Fill(facts, model, Ort.Library, new Dictionary<string, long[]> { ["x"] = [-1, 3, 9, 11] });
        Assert.Equal("Float[batch,3,9,11]", $"{facts.TypeOf(sketch.X)}");
        Assert.Equal("Float[batch,8,4,5]", $"{facts.TypeOf(foreign)}");
        Assert.Equal("Float[batch,8,1,1]", $"{facts.TypeOf(model.Graph.Outputs[0])}");
    }

    [Fact]
    public void AFixedBatch_IsProbedOnce_AndStaysFixed()
    {
        var sketch = new Sketch(18, 8, 1, 6);
        var foreign = sketch.NodeOf("com.microsoft", "Gelu", [sketch.X]);
        var model = sketch.Ends(sketch.Node("Reshape", [foreign, sketch.Integers(1, 2, 3)]));
        var facts = ShapeFacts.Of(model.Graph);
        ShapeProbe.Fill(facts, model, Ort.Library);
        Assert.Equal("Float[1,6]", $"{facts.TypeOf(foreign)}");
    }

    [Fact]
    public void LargeWeights_AreNotCopiedIntoTheModelsBytes()
    {
        var sketch = new Sketch(18, 8, Batch, 64);
        var foreign = sketch.NodeOf("com.microsoft", "Gelu", [sketch.Node("MatMul", [sketch.X, sketch.Weight(64, 32)])]);
        var model = sketch.Ends(foreign);
        var facts = ShapeFacts.Of(model.Graph);
        ShapeProbe.Fill(facts, model, Ort.Library);
        Assert.Equal("Float[batch,32]", $"{facts.TypeOf(foreign)}");
    }

    [Fact]
    public void WhenEverythingIsKnown_NothingRuns()
    {
        var sketch = new Sketch(18, 8, Batch, 6);
        var model = sketch.Ends(sketch.Node("Relu", [sketch.X]));
        model.Opsets.Add(new("unheard.of", 1));
        sketch.Graph.AddNode("Thing", [], [], domain: "unheard.of");
        ShapeProbe.Fill(ShapeFacts.Of(model.Graph), model, Ort.Library);
    }

    public static TheoryData<string, long[]?, string> Faults => new()
    {
        { "y", [-1, 6], "sketch.onnx: found a shape for input 'y'; expected one of 'x'. Use the model's own names." },
        { "x", [-1, 5], "sketch.onnx, input 'x': found given shape [-1,5]; expected one that fits Float[batch,6,h]. Give the sizes the model states." },
        { "x", [-1, 6, 0], "sketch.onnx, input 'x': found given shape [-1,6,0]; expected sizes of at least 1, and -1 for the batch. Give the sizes of a real input." },
        { "x", null, "sketch.onnx, input 'x': found Float[batch,6,h]; expected every size but the batch. Give an input shape, with -1 for the batch." },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void ShapesThatDoNotFit_AreRefused(string input, long[]? shape, string message)
    {
        var sketch = new Sketch(18, 8, Batch, 6, new Dim(null, "h"));
        var model = sketch.Ends(sketch.NodeOf("com.microsoft", "Gelu", [sketch.X]));
        var given = shape is null ? null : new Dictionary<string, long[]> { [input] = shape };
        var error = Assert.Throws<AuditException>(() => ShapeProbe.Fill(ShapeFacts.Of(model.Graph), model, Ort.Library, given));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void ARunThatFails_SaysWithWhichInputs_AndLeavesTheGraphAlone()
    {
        var sketch = new Sketch(18, 8, Batch, 6);
        var model = sketch.Ends(sketch.Node("Reshape", [sketch.NodeOf("com.microsoft", "Gelu", [sketch.X]), sketch.Integers(1, 6)]));
        var before = OnnxWriter.ToBytes(model);
        var error = Assert.Throws<AuditException>(() => ShapeProbe.Fill(ShapeFacts.Of(model.Graph), model, Ort.Library));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Equal("a run with inputs 'x' Float [2,6] to find shapes", error.Expected);
        Assert.Contains("Reshape", error.Found, StringComparison.Ordinal);
        Assert.Equal(before, OnnxWriter.ToBytes(model));
    }
}
