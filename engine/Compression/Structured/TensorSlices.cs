using OnnxAudit.Graphs;

namespace OnnxAudit.Compression.Structured;

/// <summary>Slices of constants, of any element type of whole bytes.</summary>
internal static class TensorSlices
{
    /// <summary>The slices at <paramref name="places"/> of an axis, in that order.</summary>
    public static Tensor Take(Tensor tensor, int axis, int[] places)
    {
        var (outer, count, size) = Blocks(tensor, axis);
        var from = tensor.Data.Span;
        var to = new byte[outer * places.Length * size];
        for (var o = 0; o < outer; o++)
            for (var p = 0; p < places.Length; p++)
                from.Slice((o * count + places[p]) * size, size).CopyTo(to.AsSpan((o * places.Length + p) * size));
        var dims = tensor.Dims.ToArray();
        dims[axis] = places.Length;
        return new Tensor(tensor.Type, dims, to);
    }

    /// <summary>The tensor with zeros in the slices at <paramref name="places"/>.</summary>
    public static Tensor Zero(Tensor tensor, int axis, int[] places)
    {
        var (outer, count, size) = Blocks(tensor, axis);
        var to = tensor.Data.ToArray();
        for (var o = 0; o < outer; o++)
            foreach (var place in places) to.AsSpan((o * count + place) * size, size).Clear();
        return new Tensor(tensor.Type, tensor.Dims, to);
    }

    /// <summary>Sums of f over each slice, in float64. values: the elements, in the tensor's order.</summary>
    public static double[] Sums(Tensor tensor, int axis, ReadOnlySpan<float> values, Func<float, double> f)
    {
        var count = (int)tensor.Dims[axis];
        var inner = (int)Tensor.CountOf(tensor.Dims[(axis + 1)..]);
        var sums = new double[count];
        for (var i = 0; i < values.Length; i++) sums[i / inner % count] += f(values[i]);
        return sums;
    }

    private static (int Outer, int Count, int Bytes) Blocks(Tensor tensor, int axis) =>
        ((int)Tensor.CountOf(tensor.Dims[..axis]), (int)tensor.Dims[axis], checked((int)tensor.Type.ByteLength(Tensor.CountOf(tensor.Dims[(axis + 1)..]))));
}
