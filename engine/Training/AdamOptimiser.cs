using System.Numerics;

namespace OnnxAudit.Training;

/// <summary>
/// m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; w ← w − rate/(1−β₁ᵗ) · m/(√v/√(1−β₂ᵗ) + ε). Adam takes g + λw for g, AdamW first shrinks w by 1 − rate·λ.
/// Source: Kingma and Ba, arXiv:1412.6980; Loshchilov and Hutter, arXiv:1711.05101; order of rounding as in torch.optim.
/// </summary>
public sealed class AdamOptimiser(OptimiserSettings settings, int length) : Optimiser(settings, length, ["mean", "square"])
{
    /// <inheritdoc/>
    protected override void Apply(Span<float> weights, ReadOnlySpan<float> gradients, double rate)
    {
        var apart = Settings.Kind == OptimiserKind.AdamW;
        var (decay, shrink) = (apart ? 0 : (float)Settings.WeightDecay, apart ? (float)(1 - rate * Settings.WeightDecay) : 1);
        var (beta1, rest1) = ((float)Settings.Beta1, (float)(1 - Settings.Beta1));
        var (beta2, rest2) = ((float)Settings.Beta2, (float)(1 - Settings.Beta2));
        var step = (float)(rate / (1 - Math.Pow(Settings.Beta1, Steps)));
        var (correction, epsilon) = ((float)Math.Sqrt(1 - Math.Pow(Settings.Beta2, Steps)), (float)Settings.Epsilon);
        Span<float> mean = State[0].Value, square = State[1].Value;
        var (lanes, i) = (Vector<float>.Count, 0);
        for (; i <= weights.Length - lanes; i += lanes)
        {
            var (w, g) = (new Vector<float>(weights[i..]) * shrink, new Vector<float>(gradients[i..]));
            if (decay != 0) g += w * decay;
            var m = new Vector<float>(mean[i..]) * beta1 + g * rest1;
            var v = new Vector<float>(square[i..]) * beta2 + g * g * rest2;
            m.CopyTo(mean[i..]);
            v.CopyTo(square[i..]);
            (w - m * step / (Vector.SquareRoot(v) / new Vector<float>(correction) + new Vector<float>(epsilon))).CopyTo(weights[i..]);
        }

        for (; i < weights.Length; i++)
        {
            var (w, g) = (weights[i] * shrink, gradients[i]);
            if (decay != 0) g += w * decay;
            mean[i] = mean[i] * beta1 + g * rest1;
            square[i] = square[i] * beta2 + g * g * rest2;
            weights[i] = w - mean[i] * step / (MathF.Sqrt(square[i]) / correction + epsilon);
        }
    }
}
