using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Tests.Onnx;

/// <summary>Constants made of bits; whole packed layers are in TicketPackingTests.</summary>
public class DecodingTests
{
    private readonly Sketch _sketch = new();

    [Fact]
    public void BitShift_BroadcastsAndDropsWhatLeavesTheByte()
    {
        var x = Bytes([2, 1], 0b1010_0001, 0xFF);
        Assert.Equal([0xA1, 0x50, 0x28, 0xFF, 0x7F, 0x3F], Shifted(x, Bytes([3], 0, 1, 2), "RIGHT").Data.ToArray());
        Assert.Equal([0x42, 0xFE], Shifted(x, Bytes([], 1), "LEFT").Data.ToArray());
        Assert.Equal([0, 0], Shifted(x, Bytes([1], 9), "LEFT").Data.ToArray());
        Assert.Null(Constants.Resolve(_sketch.Node("BitShift", [Bytes([3], 1, 1, 1), Bytes([2], 1, 1)], NodeAttribute.Of("direction", "LEFT"))));
    }

    [Fact]
    public void Where_TakesEitherSideByBooleans()
    {
        var set = _sketch.Node("Cast", [Bytes([4], 0, 1, 128, 0)], NodeAttribute.Of("to", (long)ElementType.Bool));
        var chosen = _sketch.Node("Where", [set, _sketch.Scalar(-2), _sketch.Constant(Tensor.FromFloats([4], [1, 2, 3, 4]))]);
        Assert.Equal([1f, -2, -2, 4], Constants.Resolve(chosen)!.ToFloats());
        Assert.Null(Constants.Resolve(_sketch.Node("Where", [set, _sketch.X, _sketch.Scalar(1)])));
    }

    [Fact]
    public void ReshapeAndSlice_FollowTheStandard()
    {
        var x = _sketch.Constant(Tensor.FromFloats([2, 3], [0, 1, 2, 3, 4, 5]));
        Assert.Equal([3, 2], Dims("Reshape", x, Whole(3, -1)));
        Assert.Equal([2, 3, 1], Dims("Reshape", x, Whole(0, 0, 1)));
        Assert.Null(Constants.Resolve(_sketch.Node("Reshape", [x, Whole(4, -1)])));
        var row = _sketch.Node("Reshape", [x, Whole(-1)]);
        Assert.Equal([1f, 2, 3], Sliced(row, Whole(1), Whole(4)));
        Assert.Equal([3f, 4, 5], Sliced(x, Whole(-1), Whole(long.MaxValue)));
        Assert.Equal([0f, 1, 2], Sliced(x, Whole(0), Whole(1), Whole(0), Whole(1)));
        Assert.Null(Constants.Resolve(_sketch.Node("Slice", [x, Whole(0), Whole(1), Whole(1)])));
        Assert.Null(Constants.Resolve(_sketch.Node("Slice", [x, Whole(0), Whole(2), Whole(0), Whole(2)])));
    }

    /// <summary>Two vectors of a few kilobytes would become a matrix of gigabytes.</summary>
    [Fact]
    public void AnExplodingBroadcast_IsNoConstant()
    {
        var many = new byte[1 << 15];
        Assert.Null(Constants.Resolve(_sketch.Node("BitShift", [Bytes([1 << 15, 1], many), Bytes([1, 1 << 15], many)], NodeAttribute.Of("direction", "LEFT"))));
    }

    private Tensor Shifted(Value x, Value by, string direction) => Constants.Resolve(_sketch.Node("BitShift", [x, by], NodeAttribute.Of("direction", direction)))!;

    private long[] Dims(string op, params Value[] inputs) => Constants.Resolve(_sketch.Node(op, inputs))!.Dims.ToArray();

    private float[] Sliced(params Value[] inputs) => Constants.Resolve(_sketch.Node("Slice", inputs))!.ToFloats();

    private Value Bytes(long[] dims, params byte[] values) => _sketch.Constant(Tensor.From<byte>(ElementType.UInt8, dims, values));

    private Value Whole(params long[] values) => _sketch.Constant(Tensor.From<long>(ElementType.Int64, [values.Length], values));
}
