using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>
/// Y = scale·(X − mean)/√(var + ε) + B over channels, with given statistics (inference form) or the batch's own (training form). What depends on weights
/// alone is left to the runtime to fold, so overridden weights stay right.
/// </summary>
internal static class BatchNormalization
{
    // Inputs: X, scale, B, mean, var.
    internal static Gradient[] Rule(NodeGradient g) => g.Node.Int("training_mode", 0) == 1 ? Training(g) : Inference(g);

    private static Gradient[] Inference(NodeGradient g)
    {
        var (emit, x, dy) = (g.Emit, g.In(0), g.Output);
        var axes = emit.AxesButChannels(x);
        Value? deviation = null, gain = null, sum = null, product = null;
        return
        [
            g.For(0, () => emit.Mul(dy, ByChannel(emit, Gain(), x))),
            g.For(1, () => emit.CastLike(emit.Div(Product(), Deviation()), g.In(1))),
            g.For(2, () => emit.CastLike(Sum(), g.In(2))),
            g.For(3, () => emit.CastLike(emit.Neg(emit.Mul(Sum(), Gain())), g.In(3))),
            g.For(4, () => emit.CastLike(emit.Mul(emit.Div(emit.Mul(Product(), Gain()), Spread()), -0.5), g.In(4))),
        ];

        Value Spread() => emit.CastLike(emit.Add(g.In(4), g.Node.Float("epsilon", 1e-5f)), x);
        Value Deviation() => deviation ??= emit.Add("Sqrt", [Spread()]);
        Value Gain() => gain ??= emit.Div(emit.CastLike(g.In(1), x), Deviation());
        Value Sum() => sum ??= emit.ReduceSum(dy, axes, keep: false);
        Value Product() => product ??= emit.ReduceSum(emit.Mul(dy, emit.Sub(x, ByChannel(emit, emit.CastLike(g.In(3), x), x))), axes, keep: false);
    }

    // Running statistics are momentum·given + (1 − momentum)·(those of the batch); momentum matters only where a loss depends on them.
    private static Gradient[] Training(NodeGradient g)
    {
        var (emit, x) = (g.Emit, g.In(0));
        var (axes, momentum) = (emit.AxesButChannels(x), g.Node.Float("momentum", 0.9f));
        var (dy, dMean, dVariance) = (g.OutputAt(0), g.OutputAt(1), g.OutputAt(2));
        var unit = new Standardised(emit, x, axes, g.Node.Float("epsilon", 1e-5f));
        return
        [
            g.For(0, () => unit.Back(dy is null ? null : emit.Mul(dy, ByChannel(emit, emit.CastLike(g.In(1), x), x)), Taken(dMean), dVariance: Taken(dVariance))),
            dy is null ? Gradient.None : g.For(1, () => emit.CastLike(emit.ReduceSum(emit.Mul(dy, unit.Value), axes, keep: false), g.In(1))),
            dy is null ? Gradient.None : g.For(2, () => emit.CastLike(emit.ReduceSum(dy, axes, keep: false), g.In(2))),
            dMean is null ? Gradient.None : g.For(3, () => emit.Mul(dMean, momentum)),
            dVariance is null ? Gradient.None : g.For(4, () => emit.Mul(dVariance, momentum)),
        ];

        Value? Taken(Value? running) => running is null ? null : ByChannel(emit, emit.CastLike(emit.Mul(running, 1 - momentum), x), x);
    }

    // [C] as [C,1,…], to meet [N,C,space].
    private static Value ByChannel(Emitter emit, Value value, Value x) =>
        emit.RankOf(x) == 2 ? value : emit.Reshape(value, [-1, .. Enumerable.Repeat(1L, emit.RankOf(x) - 2)]);
}
