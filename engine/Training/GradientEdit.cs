using System.Numerics;
using System.Numerics.Tensors;
using OnnxAudit.Compression;

namespace OnnxAudit.Training;

/// <summary>What happens to gradients before the step.</summary>
internal static class GradientEdit
{
    /// <summary>Scales the gradients down to a global norm of at most <paramref name="limit"/> and answers what it was. Source: torch.nn.utils.clip_grad_norm_.</summary>
    public static double Clip(Span<float> gradients, double limit)
    {
        // Squares in float64: the sum does not depend on the vector width beyond rounding that float32 does not see.
        double sum = 0;
        foreach (var g in gradients) sum += (double)g * g;
        var norm = Math.Sqrt(sum);
        var factor = limit / (norm + 1e-6);
        if (factor < 1) TensorPrimitives.Multiply(gradients, (float)factor, gradients);
        return norm;
    }

    /// <summary>Bits that are all set where a weight is trained and 0 where it is held at 0, for <see cref="Hold"/>.</summary>
    public static int[] Holding(TensorBlock block, IReadOnlyList<TrainedWeight> weights, MaskSet masks)
    {
        var bits = new int[block.All.Length];
        Array.Fill(bits, -1);
        for (var t = 0; t < weights.Count; t++)
        {
            if (masks.FirstOrDefault(m => m.Tensor == weights[t].Name) is not { } mask) continue;
            var own = bits.AsSpan(block.Range(t));
            for (var i = 0; i < own.Length; i++) own[i] = mask[i] ? -1 : 0;
        }

        return bits;
    }

    /// <summary>Makes every held value +0, NaN and infinities included.</summary>
    public static void Hold(Span<float> values, ReadOnlySpan<int> bits)
    {
        var (lanes, i) = (Vector<float>.Count, 0);
        for (; i <= values.Length - lanes; i += lanes)
            Vector.AsVectorSingle(Vector.AsVectorInt32(new Vector<float>(values[i..])) & new Vector<int>(bits[i..])).CopyTo(values[i..]);
        for (; i < values.Length; i++)
            if (bits[i] == 0) values[i] = 0;
    }
}
