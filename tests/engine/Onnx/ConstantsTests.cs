using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Tests.Onnx;

public class ConstantsTests
{
    [Fact]
    public void IdentityOfAnInitializer_IsFollowedWithoutACopy()
    {
        var sketch = new Sketch();
        var weight = sketch.Weight(2, 3);
        var twice = sketch.Node("Identity", [sketch.Node("Identity", [weight])]);
        Assert.Same(weight, Constants.Source(twice));
        Assert.Same(weight.Initializer, Constants.Resolve(twice));
    }

    [Fact]
    public void WhatDependsOnTheInput_IsNoConstant()
    {
        var sketch = new Sketch();
        Assert.Null(Constants.Resolve(sketch.Node("Identity", [sketch.X])));
        Assert.Null(Constants.Resolve(sketch.Node("Mul", [sketch.X, sketch.Scalar(2)])));
        Assert.Null(Constants.Resolve(sketch.Node("Relu", [sketch.Scalar(2)])));
        Assert.Null(Constants.Resolve(sketch.NodeOf("my.domain", "Identity", [sketch.Scalar(2)])));
        Assert.Null(Constants.Resolve(null));
        Assert.Null(Constants.Source(null));
    }

    [Fact]
    public void ConstantNodes_OfEveryAttribute_AreConstants()
    {
        Assert.Equal([2f], Stated(NodeAttribute.Of("value_float", 2f)).ToFloats());
        Assert.Equal([2f, 3], Stated(NodeAttribute.Of("value_floats", [2f, 3f])).ToFloats());
        Assert.Equal([4L], Stated(NodeAttribute.Of("value_int", 4L)).Span<long>().ToArray());
        Assert.Equal([4L, 5], Stated(NodeAttribute.Of("value_ints", [4L, 5L])).Span<long>().ToArray());
        Assert.Equal("t"u8.ToArray(), Stated(NodeAttribute.Of("value_string", "t")).Strings[0].ToArray());
        Assert.Equal([1f, 2], Stated(NodeAttribute.Of("value", Tensor.FromFloats([2], [1, 2]))).ToFloats());
        static Tensor Stated(NodeAttribute attribute) => Constants.Resolve(new Sketch().Node("Constant", [], attribute))!;
    }

    /// <summary>A codebook by its indices, as palettes decode.</summary>
    [Fact]
    public void GatherFromAList_GivesTheElements()
    {
        var sketch = new Sketch();
        var list = sketch.Constant(Tensor.FromFloats([3], [0.5f, -1, 7]));
        var indices = sketch.Constant(Tensor.From<byte>(ElementType.UInt8, [2, 2], [2, 0, 1, 2]));
        foreach (var type in new[] { ElementType.Int32, ElementType.Int64 })
        {
            var gathered = Constants.Resolve(sketch.Node("Gather", [list, sketch.Node("Cast", [indices], NodeAttribute.Of("to", (long)type))]))!;
            Assert.Equal([2L, 2], gathered.Dims.ToArray());
            Assert.Equal([7f, 0.5f, -1, 7], gathered.ToFloats());
        }

        Assert.Equal([7f, 0.5f], Constants.Resolve(sketch.Node("Gather", [list, sketch.Integers(-1, -3)]))!.ToFloats());
        Assert.Null(Constants.Resolve(sketch.Node("Gather", [list, sketch.Integers(0, 3)])));
        Assert.Null(Constants.Resolve(sketch.Node("Gather", [list, sketch.Integers(-4)])));
        Assert.Null(Constants.Resolve(sketch.Node("Gather", [list, indices]))); // no operator takes bytes for indices
        Assert.Null(Constants.Resolve(sketch.Node("Gather", [sketch.Weight(2, 3), sketch.Integers(0)])));
        Assert.Null(Constants.Resolve(sketch.Node("Gather", [list, sketch.Integers(0)], NodeAttribute.Of("axis", 1L))));
    }

    [Fact]
    public void Transpose_MovesAxes()
    {
        var sketch = new Sketch();
        var weight = sketch.Constant(Tensor.FromFloats([1, 2, 3], [0, 1, 2, 3, 4, 5]));
        var moved = Constants.Resolve(sketch.Node("Transpose", [weight], NodeAttribute.Of("perm", [2L, 0L, 1L])))!;
        Assert.Equal([3, 1, 2], moved.Dims.ToArray());
        Assert.Equal([0f, 3, 1, 4, 2, 5], moved.ToFloats());
        Assert.Equal([3, 2, 1], Constants.Resolve(sketch.Node("Transpose", [weight]))!.Dims.ToArray());
        Assert.Null(Constants.Resolve(sketch.Node("Transpose", [weight], NodeAttribute.Of("perm", [0L, 0L, 1L]))));
    }

    [Fact]
    public void MulOfConstants_AppliesAMaskOrAScale()
    {
        var sketch = new Sketch();
        var weight = sketch.Constant(Tensor.FromFloats([3], [1, 2, 3]));
        Assert.Equal([0f, 2, 0], Constants.Resolve(sketch.Node("Mul", [weight, sketch.Constant(Tensor.FromFloats([3], [0, 1, 0]))]))!.ToFloats());
        Assert.Equal([2f, 4, 6], Constants.Resolve(sketch.Node("Mul", [sketch.Scalar(2), weight]))!.ToFloats());
        Assert.Null(Constants.Resolve(sketch.Node("Mul", [weight, sketch.Weight(2)])));
    }

    // y = (x − zero)·scale, written out by hand for each granularity.
    [Fact]
    public void DequantizeLinear_PerTensorPerAxisAndPerBlock()
    {
        var sketch = new Sketch();
        var x = sketch.Constant(Tensor.From<sbyte>(ElementType.Int8, [2, 4], [0, 1, 2, 3, 10, 11, 12, 13]));
        Assert.Equal([-1f, -0.5f, 0, 0.5f, 4, 4.5f, 5, 5.5f], Of(x, sketch.Scalar(0.5f), Int8(2)));
        Assert.Equal([-1f, 0, 1, 2, 100, 110, 120, 130], Of(x, Floats(1, 10), Int8(1, 0), NodeAttribute.Of("axis", 0L)));
        Assert.Equal([0f, 10, 200, 3000, 10, 110, 1200, 13000], Of(x, Floats(1, 10, 100, 1000), null));
        var blocks = sketch.Constant(Tensor.FromFloats([2, 2], [1, 2, 3, 4]));
        Assert.Equal([0f, 1, 4, 6, 30, 33, 48, 52], Of(x, blocks, null, NodeAttribute.Of("axis", 1L), NodeAttribute.Of("block_size", 2L)));
        var rows = sketch.Constant(Tensor.FromFloats([1, 4], [1, 2, 3, 4]));
        Assert.Equal([0f, 2, 6, 12, 10, 22, 36, 52], Of(x, rows, null, NodeAttribute.Of("axis", 0L), NodeAttribute.Of("block_size", 2L)));
        Assert.Null(Constants.Resolve(sketch.Node("DequantizeLinear", [x, Floats(1, 2, 3)])));
        Assert.Null(Constants.Resolve(sketch.Node("DequantizeLinear", [sketch.X, Floats(1)])));

        float[] Of(Value x, Value scale, Value? zero, params NodeAttribute[] attributes) =>
            Constants.Resolve(sketch.Node("DequantizeLinear", [x, scale, zero], attributes))!.ToFloats();
        Value Floats(params float[] v) => sketch.Constant(Tensor.FromFloats([v.Length], v));
        Value Int8(params sbyte[] v) => sketch.Constant(Tensor.From<sbyte>(ElementType.Int8, v.Length == 1 ? [] : [v.Length], v));
    }

    [Fact]
    public void ElementTypes_FollowFromTheMaker()
    {
        var sketch = new Sketch();
        var half = sketch.Node("Cast", [sketch.X], NodeAttribute.Of("to", (long)ElementType.Float16));
        Assert.Equal(ElementType.Float16, Constants.ElementOf(sketch.Node("Relu", [half])));
        Assert.Equal(ElementType.Float, Constants.ElementOf(sketch.Node("Gemm", [half, sketch.Weight(6, 4)])));
        Assert.Null(Constants.ElementOf(sketch.NodeOf("my.domain", "Op", [half])));
    }
}
