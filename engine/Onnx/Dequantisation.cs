using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// y = (x − zero point)·scale over constants: one scale for all, one per index of an axis, or one per block along an axis; as many zero points, or one for all.
/// </summary>
internal static class Dequantisation
{
    /// <summary>Dequantises <paramref name="x"/>; null when types or shapes do not fit.</summary>
    public static Tensor? Apply(Tensor x, Tensor scale, Tensor? zero, long axis, long block = 0)
    {
        if (!Resolution.IsReal(x.Type) || !Resolution.IsReal(scale.Type)
            || (zero is not null && ((zero.Count != scale.Count && zero.Count != 1) || !Resolution.IsReal(zero.Type))))
            return null;
        var values = x.ToFloats();
        var scales = scale.ToFloats();
        var zeros = zero?.ToFloats();
        if (axis < 0) axis += x.Rank;
        if (scales.Length == 1 && block == 0) axis = -1;
        else if (axis < 0 || axis >= x.Rank) return null;
        var (length, inner) = axis < 0 ? (1L, (long)values.Length) : (x.Dims[(int)axis], Tensor.CountOf(x.Dims[((int)axis + 1)..]));
        var groups = axis < 0 ? 1 : block > 0 ? (length + block - 1) / block : length;
        var outer = block > 0 ? Tensor.CountOf(x.Dims[..(int)axis]) : 1;
        if (scales.Length != (block > 0 ? outer * groups * inner : groups)) return null;
        for (long i = 0; i < values.Length; i++)
        {
            var along = axis < 0 ? 0 : i / inner % length;
            var s = block > 0 ? (i / (inner * length) * groups + along / block) * inner + i % inner : along;
            values[i] = (values[i] - (zeros?[zeros.Length == 1 ? 0 : s] ?? 0)) * scales[s];
        }

        return Tensor.FromFloats(x.Dims, values);
    }
}
