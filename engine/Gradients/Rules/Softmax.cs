using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Softmax and its logarithm, along one axis.</summary>
internal static class Softmax
{
    // y·(dy − Σ dy·y)
    internal static Gradient[] Plain(NodeGradient g) => [g.For(0, () =>
    {
        var (e, y, axis) = (g.Emit, g.Out(0), g.Node.Int("axis", -1));
        return e.Mul(y, e.Sub(g.Output, e.ReduceSum(e.Mul(g.Output, y), [axis], keep: true)));
    })];

    internal static Gradient[] Log(NodeGradient g) => [g.For(0, () => OfLog(g.Emit, g.Emit.Add("Exp", [g.Out(0)]), g.Output, g.Node.Int("axis", -1)))];

    /// <summary>
    /// What log p passes back: dy − p·Σdy, formed as dy·(1 − p) − p·(Σdy − dy). For a class with p near 1 the first bracket is the sum of the other
    /// probabilities, so that −log p has the gradient −Σ p_j over the others and not p − 1, which float32 rounds away.
    /// </summary>
    internal static Value OfLog(Emitter e, Value p, Value dy, long axis)
    {
        var likely = e.Greater(p, e.Scalar(0.5, p));
        var others = e.ReduceSum(e.Where(likely, e.Scalar(0, p), p), [axis], keep: true);
        var rest = e.Where(likely, others, e.Sub(e.Scalar(1, p), p));
        return e.Sub(e.Mul(dy, rest), e.Mul(p, e.Sub(e.ReduceSum(dy, [axis], keep: true), dy)));
    }
}
