using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Matrix products.</summary>
internal static class Linear
{
    // Y = α·op(A)·op(B) + β·C
    internal static Gradient[] Gemm(NodeGradient g)
    {
        var (a, b, dy) = (g.In(0), g.In(1), g.Output);
        var (transA, transB) = (g.Node.Int("transA", 0), g.Node.Int("transB", 0));
        var alpha = g.Node.Float("alpha", 1);
        Value Product(Value x, long tx, Value y, long ty) => g.Emit.Add("Gemm", [x, y],
            NodeAttribute.Of("alpha", alpha), NodeAttribute.Of("transA", tx), NodeAttribute.Of("transB", ty));
        Gradient[] gradients =
        [
            g.For(0, () => transA == 0 ? Product(dy, 0, b, 1 - transB) : Product(b, transB, dy, 1)),
            g.For(1, () => transB == 0 ? Product(a, 1 - transA, dy, 0) : Product(dy, 1, a, transA)),
        ];
        if (g.Node.Inputs.Count < 3) return gradients;
        var beta = g.Node.Float("beta", 1);
        return [.. gradients, g.ForBroadcast(2, () => beta == 1 ? dy : g.Emit.Mul(dy, beta))];
    }
}
