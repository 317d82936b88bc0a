using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Operators that pass one of their inputs on, element by element.</summary>
internal static class Selection
{
    internal static Gradient[] Where(NodeGradient g) =>
    [
        Gradient.None,
        g.ForBroadcast(1, () => g.Emit.Masked(g.In(0), g.Output)),
        g.ForBroadcast(2, () => g.Emit.Where(g.In(0), g.Emit.Scalar(0, g.Output), g.Output)),
    ];

    /// <summary>Max and Min: all of it to the first input that attains the result; each later input sees what the earlier ones left.</summary>
    internal static Gradient[] Extreme(NodeGradient g)
    {
        var gradients = g.NoneAtAll();
        var last = Enumerable.Range(0, gradients.Length).LastOrDefault(g.Wants, -1);
        var (left, zero) = (g.Output, g.Emit.Scalar(0, g.Output));
        for (var i = 0; i <= last; i++)
        {
            if (i == gradients.Length - 1)
            {
                gradients[i] = g.ForBroadcast(i, () => left);
                break;
            }

            var attains = g.Emit.Add("Equal", [g.In(i), g.Out(0)]);
            gradients[i] = g.ForBroadcast(i, () => g.Emit.Where(attains, left, zero));
            if (i < last) left = g.Emit.Where(attains, zero, left);
        }

        return gradients;
    }

    // Read from the output, so that a fused Conv+Clip stays fused: it is strictly between the bounds exactly where the input is.
    internal static Gradient[] Clip(NodeGradient g)
    {
        var (e, y) = (g.Emit, g.Out(0));
        var (min, max) = (g.Node.Input(1), g.Node.Input(2));
        var gradients = g.NoneAtAll();
        gradients[0] = g.For(0, Inside);
        if (min is not null) gradients[1] = g.ForBroadcast(1, Below);
        if (max is not null) gradients[2] = g.ForBroadcast(2, () => e.Masked(AtMax(), g.Output));
        return gradients;

        Value Inside()
        {
            var above = min is null ? null : e.Greater(y, min);
            var below = max is null ? null : e.Add("Less", [y, max]);
            if (above is null && below is null) return g.Output;
            return e.Masked(above is null ? below! : below is null ? above : e.Add("And", [above, below]), g.Output);
        }

        // Where the bounds meet or cross, ONNX gives max.
        Value Below()
        {
            var atMin = e.Masked(e.Add("LessOrEqual", [y, min!]), g.Output);
            return max is null ? atMin : e.Where(AtMax(), e.Scalar(0, g.Output), atMin);
        }

        Value AtMax() => e.Add("GreaterOrEqual", [y, max!]);
    }
}
