using System.Numerics.Tensors;
using OnnxAudit.Graphs;

namespace OnnxAudit.Runtime;

/// <summary>A batch of samples as a model wants it.</summary>
public static class BatchTensor
{
    /// <summary>
    /// n samples as a tensor of <paramref name="rows"/> ≥ n: without a copy where it is float32 and full, else copied, converted, and filled up with the first sample,
    /// whose results nobody reads.
    /// </summary>
    /// <param name="inputs">[n, …].</param>
    /// <param name="dims">The shape of <paramref name="inputs"/>, batch first.</param>
    /// <param name="rows">The batch the model insists on, or n.</param>
    /// <param name="type">Float or Float16.</param>
    public static OrtTensor Of(Memory<float> inputs, ReadOnlySpan<long> dims, int rows, ElementType type = ElementType.Float)
    {
        var n = (int)dims[0];
        if (rows == n && type == ElementType.Float) return OrtTensor.Over(inputs, dims);
        var tensor = OrtTensor.Allocate(type, [rows, .. dims[1..]]);
        var sample = inputs.Length / n;
        for (var r = 0; r < rows; r++)
        {
            var from = inputs.Span.Slice((r < n ? r : 0) * sample, sample);
            if (type == ElementType.Float) from.CopyTo(tensor.Span<float>()[(r * sample)..]);
            else TensorPrimitives.ConvertToHalf(from, tensor.Span<Half>().Slice(r * sample, sample));
        }

        return tensor;
    }
}
