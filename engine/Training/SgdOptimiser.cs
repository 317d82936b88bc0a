using System.Numerics;

namespace OnnxAudit.Training;

/// <summary>
/// g ← g + λw; b ← μb + g; w ← w − rate·b, with Nesterov w ← w − rate·(g + μb). Source: torch.optim.SGD, dampening 0 (its first step sets b to g, which b = 0 does too).
/// </summary>
public sealed class SgdOptimiser(OptimiserSettings settings, int length) : Optimiser(settings, length, settings.Momentum > 0 ? ["momentum"] : [])
{
    /// <inheritdoc/>
    protected override void Apply(Span<float> weights, ReadOnlySpan<float> gradients, double rate)
    {
        var (decay, momentum, step, nesterov) = ((float)Settings.WeightDecay, (float)Settings.Momentum, (float)rate, Settings.Nesterov);
        var buffer = State.Count > 0 ? State[0].Value.AsSpan() : [];
        var (lanes, i) = (Vector<float>.Count, 0);
        for (; i <= weights.Length - lanes; i += lanes)
        {
            var (w, g) = (new Vector<float>(weights[i..]), new Vector<float>(gradients[i..]));
            if (decay != 0) g += w * decay;
            if (momentum > 0)
            {
                var b = new Vector<float>(buffer[i..]) * momentum + g;
                b.CopyTo(buffer[i..]);
                g = nesterov ? g + b * momentum : b;
            }

            (w - g * step).CopyTo(weights[i..]);
        }

        for (; i < weights.Length; i++)
        {
            var g = gradients[i];
            if (decay != 0) g += weights[i] * decay;
            if (momentum > 0)
            {
                buffer[i] = buffer[i] * momentum + g;
                g = nesterov ? g + buffer[i] * momentum : buffer[i];
            }

            weights[i] -= g * step;
        }
    }
}
