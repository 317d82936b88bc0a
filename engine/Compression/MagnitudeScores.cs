using System.Numerics.Tensors;
using OnnxAudit.Graphs;
using Tensor = OnnxAudit.Graphs.Tensor;

namespace OnnxAudit.Compression;

/// <summary>
/// |w| for float32, float16 and bfloat16 weights: the bits of |w| as float32, which order as the numbers do. Conversions to float32 are exact,
/// -0 scores as 0, infinity above every finite weight. Source: Han et al. 2015, "Learning both weights and connections".
/// </summary>
internal sealed class MagnitudeScores(IReadOnlyList<PrunableTensor> tensors) : Scores<uint>(tensors)
{
    private const uint Magnitude = 0x7FFFFFFF;

    public override uint Limit => 0x7F800000;

    /// <summary>The narrowest form that orders all of <paramref name="tensors"/>.</summary>
    public static Scores Of(IReadOnlyList<PrunableTensor> tensors) =>
        tensors.Any(t => t.Tensor.Type == ElementType.Double) ? new WideMagnitudeScores(tensors) : new MagnitudeScores(tensors);

    public override void Read(int tensor, int start, Span<uint> keys)
    {
        var weights = Tensors[tensor].Tensor;
        switch (weights.Type)
        {
            case ElementType.Float:
                TensorPrimitives.BitwiseAnd(weights.Span<uint>().Slice(start, keys.Length), Magnitude, keys);
                break;
            case ElementType.Float16:
                var halves = weights.Span<Half>().Slice(start, keys.Length);
                for (var i = 0; i < keys.Length; i++) keys[i] = BitConverter.SingleToUInt32Bits((float)halves[i]) & Magnitude;
                break;
            default:
                var brains = weights.Span<ushort>().Slice(start, keys.Length);
                for (var i = 0; i < keys.Length; i++) keys[i] = (uint)brains[i] << 16 & Magnitude;
                break;
        }
    }
}

/// <summary>|w| where float64 weights take part: the bits of |w| as float64.</summary>
internal sealed class WideMagnitudeScores(IReadOnlyList<PrunableTensor> tensors) : Scores<ulong>(tensors)
{
    private const ulong Magnitude = 0x7FFF_FFFF_FFFF_FFFF;

    public override ulong Limit => 0x7FF0_0000_0000_0000;

    public override void Read(int tensor, int start, Span<ulong> keys)
    {
        var weights = Tensors[tensor].Tensor;
        for (var i = 0; i < keys.Length; i++) keys[i] = BitConverter.DoubleToUInt64Bits(At(weights, start + i)) & Magnitude;
    }

    private static double At(Tensor weights, int index) => weights.Type switch
    {
        ElementType.Double => weights.Span<double>()[index],
        ElementType.Float => weights.Span<float>()[index],
        ElementType.Float16 => (double)weights.Span<Half>()[index],
        _ => BitConverter.UInt32BitsToSingle((uint)weights.Span<ushort>()[index] << 16),
    };
}
