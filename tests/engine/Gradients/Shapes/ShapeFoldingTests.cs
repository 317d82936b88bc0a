using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Onnx;
using OnnxAudit.Tests.Runtime;
using static OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Gradients.Shapes;

public class ShapeFoldingTests
{
    private static readonly Dim Batch = new(null, "batch");

    [Fact]
    public void AViewOfTheBatch_BecomesOneReshape_ThatStaysFree()
    {
        var sketch = new Sketch(18, 8, Batch, 4, 2, 3);
        var batch = sketch.Node("Gather", [sketch.Node("Shape", [sketch.X]), sketch.Constant(ShapeCase.Int(0))]);
        var to = sketch.Node("Concat", [sketch.Node("Unsqueeze", [batch, sketch.Integers(0)]), sketch.Integers(2, -1)], Of("axis", 0L));
        var model = sketch.Ends(sketch.Node("Reshape", [sketch.X, to]));
        var before = Run(model);
        Assert.True(ShapeFolding.Fold(model.Graph, ShapeFacts.Of(model.Graph)));
        Assert.Equal(["Reshape"], model.Graph.Nodes.Select(n => n.OpType));
        Assert.Equal([0, 2, -1], Assert.Single(model.Graph.Initializers).Initializer!.Span<long>().ToArray());
        Assert.Null(GraphRules.FirstBroken(model.Graph));
        Assert.Equal(before.Values, Run(model).Values);
        Assert.Equal(before.Dims, Run(model).Dims);
        Assert.False(ShapeFolding.Fold(model.Graph, ShapeFacts.Of(model.Graph)));
    }

    [Fact]
    public void KnownSizes_BecomeConstants_OfTheirType()
    {
        var sketch = new Sketch(18, 8, Batch, 4, 2, 3);
        var sizes = sketch.Node("Slice", [sketch.Node("Shape", [sketch.X]), sketch.Integers(1), sketch.Integers(9)]);
        var doubled = sketch.Node("Mul", [sizes, sketch.Integers(2)]);
        var small = sketch.Node("Cast", [doubled], Of("to", (long)ElementType.Int32));
        var floats = sketch.Node("Cast", [small], Of("to", (long)ElementType.Float));
        var model = sketch.Ends(floats);
        var before = Run(model);
        Assert.True(ShapeFolding.Fold(model.Graph, ShapeFacts.Of(model.Graph)));
        Assert.Equal(["Cast"], model.Graph.Nodes.Select(n => n.OpType));
        Assert.Equal([8, 4, 6], Assert.Single(model.Graph.Initializers).Initializer!.Span<int>().ToArray());
        Assert.Equal(before.Values, Run(model).Values);
    }

    [Fact]
    public void WhatDependsOnTwoFreeSizes_Stays()
    {
        var sketch = new Sketch(18, 8, Batch, 4, new Dim(null, "h"), 3);
        var shape = sketch.Node("Shape", [sketch.X]);
        var h = sketch.Node("Gather", [shape, sketch.Integers(2)]);
        var batch = sketch.Node("Gather", [shape, sketch.Integers(0)]);
        var model = sketch.Ends(sketch.Node("Reshape", [sketch.X, sketch.Node("Concat", [h, batch, sketch.Integers(12)], Of("axis", 0L))]));
        Assert.False(ShapeFolding.Fold(model.Graph, ShapeFacts.Of(model.Graph)));
        Assert.Equal(5, model.Graph.Nodes.Count);
    }

    private static (long[] Dims, float[] Values) Run(Model model)
    {
        using var session = Ort.Session(model);
        using var x = OrtTensor.Over<float>(Enumerable.Range(0, 72).Select(i => (float)i).ToArray(), [3, 4, 2, 3]);
        using var y = session.Run([("x", x)], [model.Graph.Outputs[0].Name])[0];
        return (y.Dims.ToArray(), y.Span<float>().ToArray());
    }
}
