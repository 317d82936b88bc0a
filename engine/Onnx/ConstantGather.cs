using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>Gather from a constant list, the decoding of a palette. Lists only: the result then has no more elements than the indices, which are there already.</summary>
internal static class ConstantGather
{
    /// <summary>The elements of <paramref name="list"/> at the indices, counted from the end where negative; null where types, shapes or indices do not fit.</summary>
    public static Tensor? Apply(Tensor list, Tensor indices)
    {
        if (list.Rank != 1 || list.Type.Bits() < 8 || indices.Type is not (ElementType.Int32 or ElementType.Int64)) return null;
        var width = list.Type.Bits() / 8;
        var from = list.Data.Span;
        var to = new byte[checked((int)indices.Count * width)];
        for (var i = 0; i < indices.Count; i++)
        {
            var at = indices.Type == ElementType.Int32 ? indices.Span<int>()[i] : indices.Span<long>()[i];
            if (at < 0) at += list.Count;
            if (at < 0 || at >= list.Count) return null;
            from.Slice((int)at * width, width).CopyTo(to.AsSpan(i * width));
        }

        return new Tensor(list.Type, indices.Dims, to);
    }

    /// <summary>Small integers in a wider type, as indices need it; null for any other cast.</summary>
    public static Tensor? Widened(Tensor x, ElementType to)
    {
        if (x.Type is not (ElementType.UInt8 or ElementType.Int8 or ElementType.UInt16 or ElementType.Int16 or ElementType.UInt4 or ElementType.Int4 or ElementType.UInt2 or ElementType.Int2)) return null;
        var values = x.ToFloats(); // 16 bits fit
        return to switch
        {
            ElementType.Int32 => Tensor.From<int>(to, x.Dims, Array.ConvertAll(values, v => (int)v)),
            ElementType.Int64 => Tensor.From<long>(to, x.Dims, Array.ConvertAll(values, v => (long)v)),
            _ => null,
        };
    }
}
