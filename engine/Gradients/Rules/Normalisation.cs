using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Normalisation of every sample by statistics of its own.</summary>
internal static class Normalisation
{
    // Inputs X, scale, B; outputs Y, Mean, InvStdDev over the axes from one on. Scale and bias broadcast over X.
    internal static Gradient[] Layer(NodeGradient g)
    {
        var (emit, x) = (g.Emit, g.In(0));
        var first = Known.Axis(g.Node.Int("axis", -1), emit.RankOf(x));
        return Affine(g, new Standardised(emit, x, emit.AxesFrom(x, first), g.Node.Float("epsilon", 1e-5f)), g.OutputAt(0), scale => scale,
            (index, make) => g.ForBroadcast(index, make));
    }

    // Inputs X [N,C,space], scale [C], B [C].
    internal static Gradient[] Instance(NodeGradient g)
    {
        var (emit, x) = (g.Emit, g.In(0));
        var unit = new Standardised(emit, x, emit.AxesFrom(x, 2), g.Node.Float("epsilon", 1e-5f));
        return Affine(g, unit, g.Output, scale => ByChannel(emit, scale, x), (index, make) => g.For(index, () => emit.ReduceSum(make(), emit.AxesButChannels(x), keep: false)));
    }

    // Inputs X [N,C,space], scale and bias by group (opset 18) or by channel (21). X is seen as [N, groups, C/groups, rest].
    internal static Gradient[] Group(NodeGradient g)
    {
        var (emit, x) = (g.Emit, g.In(0));
        var (groups, channels) = (g.Node.Int("num_groups", 1), emit.SizeOf(x, 1));
        var byGroup = groups != channels && emit.SizeOf(g.In(1), 0) == groups;
        var grouped = Grouped(x);
        var gradients = Affine(g, new Standardised(emit, grouped, [2, 3], g.Node.Float("epsilon", 1e-5f)), Grouped(g.Output),
            scale => emit.Reshape(scale, groups, byGroup ? 1 : channels / groups, 1),
            (index, make) => g.For(index, () => emit.Reshape(emit.ReduceSum(make(), byGroup ? [0, 2, 3] : [0, 3], keep: false), -1)));
        return gradients[0].Value is { } dx ? [emit.ReshapeLike(dx, x), .. gradients[1..]] : gradients;

        Value Grouped(Value value) => emit.ReshapeTo(value, 0, groups, channels / groups, SizeTerm.Rest);
    }

    // Y = scale·x̂ + B: what each of the three takes from dY. Scale is first given the form that meets x̂; sum takes a gradient shaped like x̂ back to an input.
    private static Gradient[] Affine(NodeGradient g, Standardised unit, Value? dy, Func<Value, Value> meets, Func<int, Func<Value>, Gradient> sum)
    {
        Gradient[] gradients =
        [
            g.For(0, () => unit.Back(dy is null ? null : g.Emit.Mul(dy, meets(g.In(1))), Statistic(1), Statistic(2))),
            dy is null ? Gradient.None : sum(1, () => g.Emit.Mul(dy, unit.Value)),
        ];
        return g.Node.Inputs.Count < 3 ? gradients : [.. gradients, dy is null ? Gradient.None : sum(2, () => dy)];

        // Statistics of half precision are float32.
        Value? Statistic(int output) => g.OutputAt(output) is { } gradient ? g.Emit.CastLike(gradient, g.In(0)) : null;
    }

    private static Value ByChannel(Emitter emit, Value value, Value x) => emit.Reshape(value, [-1, .. Enumerable.Repeat(1L, emit.RankOf(x) - 2)]);
}
