using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Division by a norm: of the channels around (LRN), or along an axis (LpNormalization).</summary>
internal static class ResponseNormalisation
{
    // y = x·b^−β with b = bias + α·mean of x² over the channels around (zeros beyond the ends count):
    // dx = dy·b^−β − 2αβ·x·mean of (dy·x·b^(−β−1)) over the channels that count this one.
    internal static Gradient[] Lrn(NodeGradient g) => [g.For(0, () =>
    {
        var (emit, x, dy) = (g.Emit, g.In(0), g.Output);
        double alpha = g.Node.Float("alpha", 1e-4f), beta = g.Node.Float("beta", 0.75f);
        var size = g.Node.Int("size", 1);
        var (below, above) = ((size - 1) / 2, size / 2);
        var channels = emit.SizeOf(x, 1);
        var around = emit.Add(emit.Mul(Mean(emit.Mul(x, x), below, above), alpha), g.Node.Float("bias", 1));
        var factor = emit.Add("Pow", [around, emit.Scalar(-beta, x)]);
        var direct = emit.Mul(dy, factor);
        var shared = Mean(emit.Mul(emit.Div(direct, around), x), above, below);
        return emit.Sub(direct, emit.Mul(emit.Mul(x, shared), 2 * alpha * beta));

        // Channels as the rows of one picture a sample, for a pool to slide over.
        Value Mean(Value value, long before, long after)
        {
            var rows = emit.Reshape(value, 0, 1, channels, -1);
            var mean = emit.Add("AveragePool", [rows], NodeAttribute.Of("kernel_shape", [size, 1]), NodeAttribute.Of("pads", [before, 0, after, 0]), NodeAttribute.Of("count_include_pad", 1L));
            return emit.ReshapeLike(mean, x);
        }
    })];

    // y = x/‖x‖: dx = (dy − ∂‖x‖/∂x · Σ dy·y)/‖x‖, with y = 0 and dx = 0 where the norm is 0.
    internal static Gradient[] Lp(NodeGradient g) => [g.For(0, () =>
    {
        var (emit, x, dy, p) = (g.Emit, g.In(0), g.Output, g.Node.Int("p", 2));
        long[] axis = [Known.Axis(g.Node.Int("axis", -1), emit.RankOf(x))];
        var power = emit.ReduceSum(p == 1 ? emit.Add("Abs", [x]) : emit.Mul(x, x), axis, keep: true);
        var positive = emit.Greater(power, emit.Scalar(0, x));
        var safe = emit.Where(positive, power, emit.Scalar(1, x));
        var norm = p == 1 ? safe : emit.Add("Sqrt", [safe]);
        var y = emit.Div(x, norm);
        var along = emit.Mul(p == 1 ? emit.Add("Sign", [x]) : y, emit.ReduceSum(emit.Mul(dy, y), axis, keep: true));
        return emit.Masked(positive, emit.Div(emit.Sub(dy, along), norm));
    })];
}
