using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Sums, means, extremes and norms over axes.</summary>
internal static class Reductions
{
    internal static Gradient[] Sum(NodeGradient g) => [g.For(0, () => g.Emit.ExpandLike(WithAxes(g, g.Output), g.In(0))), .. new Gradient[g.Node.Inputs.Count - 1]];

    /// <summary>A reduced value with the reduced axes put back as size 1.</summary>
    private static Value WithAxes(NodeGradient g, Value reduced)
    {
        if (g.Node.Int("keepdims", 1) == 1 || Axes(g) is not { Length: > 0 } axes) return reduced;
        return g.Emit.Add("Unsqueeze", [reduced, g.Emit.Ints(axes)]);
    }

    private static long[] Axes(NodeGradient g)
    {
        var given = g.Node.Input(1) is { } axes ? Constants.Resolve(axes)?.Span<long>().ToArray() ?? throw g.Unsupported("axes that are not constant", "constant axes", "Fold the shapes first.") : [];
        if (given.Length > 0 || g.Node.Int("noop_with_empty_axes", 0) == 1) return given;
        return [.. Enumerable.Range(0, g.Emit.RankOf(g.In(0))).Select(i => (long)i)];
    }
}
