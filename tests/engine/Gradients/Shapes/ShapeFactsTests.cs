using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Onnx;
using static OnnxAudit.Graphs.NodeAttribute;

namespace OnnxAudit.Tests.Gradients.Shapes;

public class ShapeFactsTests
{
    private static readonly Dim Batch = new(null, "batch");

    public static TheoryData<string, string> Reshapes => new()
    {
        { "-1 256", "batch,256" }, { "0 -1", "batch,256" }, { "-1 16", "16*batch,16" }, { "-1", "256*batch" }, { "0 0 16 -1", "batch,16,16,1" },
    };

    [Theory]
    [MemberData(nameof(Reshapes))]
    public void Reshape_LetsSymbolsCancel(string to, string expected)
    {
        var sketch = new Sketch(18, 8, Batch, 16, 4, 4);
        var y = sketch.Node("Reshape", [sketch.X, sketch.Integers([.. to.Split(' ').Select(long.Parse)])]);
        Assert.Equal($"Float[{expected}]", $"{ShapeFacts.Of(sketch.Graph).TypeOf(y)}");
    }

    [Fact]
    public void Reshape_BackFromAProduct_FindsTheSymbolAgain()
    {
        var sketch = new Sketch(18, 8, Batch, 16, 4, 4);
        var folded = sketch.Node("Reshape", [sketch.X, sketch.Integers(1, -1, 4, 4)]);
        var y = sketch.Node("Reshape", [folded, sketch.Integers(-1, 8, 2, 4, 4)]);
        Assert.Equal("Float[1,16*batch,4,4]", $"{ShapeFacts.Of(sketch.Graph).TypeOf(folded)}");
        Assert.Equal("Float[batch,8,2,4,4]", $"{ShapeFacts.Of(sketch.Graph).TypeOf(y)}");
    }

    [Fact]
    public void ShapeArithmetic_Folds_SymbolsIncluded()
    {
        // What exporters write for x.view(x.size(0), -1), with a subtraction, a division and a comparison on the way.
        var sketch = new Sketch(18, 8, Batch, 16, 4, 4);
        var shape = sketch.Node("Shape", [sketch.X]);
        var batch = sketch.Node("Gather", [shape, sketch.Constant(ShapeCase.Int(0))]);
        var channels = sketch.Node("Slice", [shape, sketch.Integers(1), sketch.Integers(2)]);
        var half = sketch.Node("Div", [channels, sketch.Integers(2)]);
        var less = sketch.Node("Sub", [sketch.Node("Add", [half, sketch.Integers(3)]), sketch.Integers(4)]);
        var row = sketch.Node("Unsqueeze", [batch, sketch.Integers(0)]);
        var cast = sketch.Node("Cast", [sketch.Node("Concat", [row, less, sketch.Integers(-1)], Of("axis", 0))], Of("to", (long)ElementType.Int64));
        var facts = ShapeFacts.Of(sketch.Graph);
        Assert.Equal("batch,7,-1", string.Join(',', facts.ContentsOf(cast)!));
        var filled = sketch.Node("ConstantOfShape", [sketch.Integers(3)], Of("value", ShapeCase.Ints(-1)));
        var ones = sketch.Node("ConstantOfShape", [sketch.Integers(3)], Of("value", ShapeCase.Ints(1)));
        var chosen = sketch.Node("Where", [sketch.Node("Equal", [cast, filled]), ones, cast]);
        facts.Propagate(sketch.Graph);
        Assert.Equal("batch,7,1", string.Join(',', facts.ContentsOf(chosen)!));
        var y = sketch.Node("Expand", [sketch.Weight(7, 5), chosen]);
        facts.Propagate(sketch.Graph);
        Assert.Equal("Float[batch,7,5]", $"{facts.TypeOf(y)}");
    }

    [Fact]
    public void FreeSpatialSizes_AreOneSymbolForOneExpression()
    {
        var sketch = new Sketch(18, 8, Batch, 3, new Dim(null, "h"), new Dim(null, "w"));
        Value Conv(Value x, int kernel, int pad, int stride) =>
            sketch.Node("Conv", [x, sketch.Weight(3, 3, kernel, kernel)], Of("pads", [pad, pad, pad, (long)pad]), Of("strides", [stride, (long)stride]));
        var (same, left, right, valid) = (Conv(sketch.X, 3, 1, 1), Conv(sketch.X, 3, 1, 2), Conv(sketch.X, 1, 0, 2), Conv(sketch.X, 5, 0, 1));
        var back = Conv(valid, 3, 3, 1);
        var grown = sketch.Node("ConvTranspose", [left, sketch.Weight(3, 3, 2, 2)], Of("strides", [2L, 2]));
        var joined = sketch.Node("Concat", [left, right], Of("axis", 2));
        var facts = ShapeFacts.Of(sketch.Graph);
        Assert.Equal("Float[batch,3,h,w]", $"{facts.TypeOf(same)}");
        Assert.Equal("Float[batch,3,(h-1)/2+1,(w-1)/2+1]", $"{facts.TypeOf(left)}");
        Assert.Equal($"{facts.TypeOf(left)}", $"{facts.TypeOf(right)}");
        Assert.Equal("Float[batch,3,h-4,w-4]", $"{facts.TypeOf(valid)}");
        Assert.Equal("Float[batch,3,h,w]", $"{facts.TypeOf(back)}");
        Assert.Equal("Float[batch,3,2*((h-1)/2+1),2*((w-1)/2+1)]", $"{facts.TypeOf(grown)}");
        Assert.Equal("Float[batch,3,2*((h-1)/2+1),(w-1)/2+1]", $"{facts.TypeOf(joined)}");
    }

    [Fact]
    public void Broadcasting_KeepsSymbols()
    {
        var sketch = new Sketch(18, 8, Batch, 1, new Dim(null, "h"), new Dim(null, "w"));
        var other = sketch.Graph.Value("other");
        other.Type = new TensorType(ElementType.Float, [Batch, 4, 1, 5]);
        sketch.Graph.AddInput(other);
        var sum = sketch.Node("Add", [sketch.X, other]);
        Assert.Equal("Float[batch,4,h,5]", $"{ShapeFacts.Of(sketch.Graph).TypeOf(sum)}");
    }

    [Fact]
    public void TheFilesOwnWord_OnAnInnerValue_GivesWayToTheBatch_ButFillsWhatIsUnknown()
    {
        var sketch = new Sketch(18, 8, Batch, 6);
        var traced = sketch.Node("Relu", [sketch.X]);
        traced.Type = new TensorType(ElementType.Float, [1, 6]);
        var foreign = sketch.NodeOf("vendor", "Thing", [traced]);
        foreign.Type = new TensorType(ElementType.Float, [Batch, default, 4]);
        var after = sketch.Node("Neg", [foreign]);
        var facts = ShapeFacts.Of(sketch.Graph);
        Assert.Equal("Float[batch,6]", $"{facts.TypeOf(traced)}");
        Assert.Equal(facts.TypeOf(foreign)!.Shape![1], facts.TypeOf(after)!.Shape![1]);
        Assert.NotNull(facts.TypeOf(after)!.Shape![1].Symbol);
    }

    [Fact]
    public void Set_KeepsTheMorePrecise()
    {
        var sketch = new Sketch(18, 8, Batch, 6);
        var facts = ShapeFacts.Of(sketch.Graph);
        facts.Set(sketch.X, new TensorType(ElementType.Undefined, [facts.NewSymbol(), facts.NewSymbol()]));
        Assert.Equal("Float[batch,6]", $"{facts.TypeOf(sketch.X)}");
        facts.Set(sketch.X, new TensorType(ElementType.Float, [new Dim(null, "n"), new Dim(null, "m")]));
        Assert.Equal("Float[n,6]", $"{facts.TypeOf(sketch.X)}");
        facts.Set(sketch.X, new TensorType(ElementType.Float, [4, 7]));
        Assert.Equal("Float[4,7]", $"{facts.TypeOf(sketch.X)}");
        facts.Set(sketch.X, new TensorType(ElementType.Float, null));
        Assert.Equal("Float[4,7]", $"{facts.TypeOf(sketch.X)}");
    }

    [Fact]
    public void UnnamedFreeSizesOfInputs_AreNamedAfterThem()
    {
        var sketch = new Sketch(18, 8, default, 6);
        var y = sketch.Node("Relu", [sketch.X]);
        Assert.Equal("Float[x[0],6]", $"{ShapeFacts.Of(sketch.Graph).TypeOf(y)}");
    }

    [SkippableTheory]
    [InlineData("resnet20_cifar10_dense", 10)]
    [InlineData("resnet20_cifar10_mag50", 10)]
    [InlineData("lenet5_fmnist", 10)]
    public void EveryValueOfATrainedModel_HasAShape_WithTheBatchFree(string name, int classes)
    {
        var graph = OnnxReader.Read(SharedData.Require($"models/{name}.onnx")).Graph;
        var facts = ShapeFacts.Of(graph);
        foreach (var output in graph.Nodes.SelectMany(n => n.Outputs).OfType<Value>())
        {
            var type = facts.TypeOf(output);
            Assert.True(type?.Shape is not null && type.Element == ElementType.Float, $"{output}: {type}");
            if (output.Producer!.Inputs.All(i => i!.Initializer is not null)) continue;
            Assert.Equal("batch", type.Shape[0].Symbol);
            Assert.All(type.Shape.Skip(1), d => Assert.NotNull(d.Size));
        }

        Assert.Equal(classes, facts.TypeOf(graph.Outputs[0])!.Shape![1].Size);
    }
}
