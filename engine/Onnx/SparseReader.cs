using System.Buffers.Binary;
using System.Globalization;
using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// Reads SparseTensorProto, ONNX's COO form: values [NNZ] with indices [NNZ] (linear) or [NNZ, rank] (coordinates), in rising order.
/// The result is dense, but takes no memory until touched, and knows its non-zero count.
/// </summary>
internal static class SparseReader
{
    public static (string Name, Tensor Tensor) Read(ReadContext context, WireBytes bytes, int depth)
    {
        var values = new WirePieces();
        var indices = new WirePieces();
        var dims = new List<long>();
        var reader = new WireReader(context, bytes, "SparseTensorProto", depth);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: values.Add(reader.Payload()); break;
                case 2: indices.Add(reader.Payload()); break;
                case 3: TensorReader.ReadIntegers(ref reader, dims); break;
            }
        }

        if (!values.Any || !indices.Any) throw context.Invalid("a sparse tensor without values or indices", "both");
        var (name, value) = TensorReader.Read(context, values.Join(), reader.Inner);
        context.Enter($"sparse tensor '{name}'");
        var index = TensorReader.Read(context, indices.Join(), reader.Inner).Tensor;
        var tensor = Build(context, name, value, index, [.. dims], bytes);
        context.Leave();
        return (name, tensor);
    }

    private static Tensor Build(ReadContext context, string name, Tensor values, Tensor indices, long[] dims, WireBytes bytes)
    {
        var count = TensorReader.CountOf(context, dims);
        var type = values.Type;
        if (type.Bits() < 8) throw context.Invalid($"sparse values of {type}", "an element type of whole bytes");
        if (values.Rank != 1) throw context.Invalid(FormattableString.Invariant($"values of rank {values.Rank}"), "rank 1");
        if (indices.Type != ElementType.Int64) throw context.Invalid($"indices of {indices.Type}", "Int64");
        var linear = indices.Rank == 1;
        if ((!linear && indices.Rank != 2) || indices.Dims[0] != values.Count || (!linear && indices.Dims[1] != dims.Length))
            throw context.Invalid(FormattableString.Invariant($"indices of shape [{string.Join(',', indices.Dims.ToArray())}]"),
                FormattableString.Invariant($"[{values.Count}] or [{values.Count},{dims.Length}]"));
        var width = type.Bits() / 8;
        if (count > int.MaxValue / width)
            throw context.Invalid(FormattableString.Invariant($"{count} elements of {type}"), "at most 2147483647 bytes in one tensor");
        context.CountSparse(values.Data.Length + indices.Data.Length, count * width);
        CheckOrder(context, indices.Data, linear ? 0 : dims.Length, dims, count);
        var position = linear ? Linear(indices.Data) : Coordinates(indices.Data, dims);
        return new Tensor(type, dims, new DenseMemory(values.Data, position, width, (int)(count * width)).Memory)
        {
            KnownNonZero = values.Count,
            Storage = new TensorStorage(TensorForm.Sparse, name, bytes) { StoredBytes = values.Data.Length + indices.Data.Length },
        };
    }

    private static void CheckOrder(ReadContext context, ReadOnlyMemory<byte> indices, int rank, long[] dims, long count)
    {
        var at = rank == 0 ? Linear(indices) : Coordinates(indices, dims);
        var entries = indices.Length / 8 / Math.Max(1, rank);
        long last = -1;
        for (var i = 0; i < entries; i++)
        {
            if (rank > 0) CheckCoordinates(context, indices.Span, i, dims);
            var here = at(i);
            if (here < 0 || here >= count)
                throw context.Invalid(string.Create(CultureInfo.InvariantCulture, $"index {here} (entry {i})"),
                    string.Create(CultureInfo.InvariantCulture, $"0 to {count - 1}"));
            if (here <= last)
                throw context.Invalid(string.Create(CultureInfo.InvariantCulture, $"index {here} after {last} (entry {i})"),
                    "indices in rising order, none twice");
            last = here;
        }
    }

    private static void CheckCoordinates(ReadContext context, ReadOnlySpan<byte> indices, int entry, long[] dims)
    {
        for (var d = 0; d < dims.Length; d++)
            if (At(indices, entry * dims.Length + d) is var c && (c < 0 || c >= dims[d]))
                throw context.Invalid(string.Create(CultureInfo.InvariantCulture, $"coordinate {c} in dimension {d} (entry {entry})"),
                    string.Create(CultureInfo.InvariantCulture, $"0 to {dims[d] - 1}"));
    }

    private static Func<int, long> Linear(ReadOnlyMemory<byte> indices) => i => At(indices.Span, i);

    private static Func<int, long> Coordinates(ReadOnlyMemory<byte> indices, long[] dims) => i =>
    {
        var span = indices.Span;
        long linear = 0;
        for (var d = 0; d < dims.Length; d++) linear = linear * dims[d] + At(span, i * dims.Length + d);
        return linear;
    };

    private static long At(ReadOnlySpan<byte> indices, int i) => BinaryPrimitives.ReadInt64LittleEndian(indices[(i * 8)..]);
}
