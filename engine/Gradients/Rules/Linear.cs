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
        Gradient[] gradients =
        [
            g.For(0, () => transA == 0 ? Product(g.Emit, dy, 0, b, 1 - transB, alpha) : Product(g.Emit, b, transB, dy, 1, alpha)),
            g.For(1, () => transB == 0 ? Product(g.Emit, a, 1 - transA, dy, 0, alpha) : Product(g.Emit, dy, 1, a, transA, alpha)),
        ];
        if (g.Node.Inputs.Count < 3) return gradients;
        var beta = g.Node.Float("beta", 1);
        return [.. gradients, g.ForBroadcast(2, () => beta == 1 ? dy : g.Emit.Mul(dy, beta))];
    }

    /// <summary>A vector counts as a matrix of one row (left) or one column (right), whose axis the product lacks.</summary>
    internal static Gradient[] MatMul(NodeGradient g)
    {
        var (e, a, b, dy) = (g.Emit, g.In(0), g.In(1), g.Output);
        var (left, right) = (e.RankOf(a), e.RankOf(b));
        if (left == 1 && right == 1) return [g.For(0, () => e.Mul(dy, b)), g.For(1, () => e.Mul(dy, a))];
        if (left == 1) (a, dy) = (Unsqueeze(a, 0), Unsqueeze(dy, -2));
        if (right == 1) (b, dy) = (Unsqueeze(b, 1), Unsqueeze(dy, -1));
        var shared = e.RankOf(b) == 2;
        return
        [
            g.For(0, () => Back(left, shared && e.RankOf(a) == 2 ? Product(e, dy, 0, b, 1) : e.SumTo(e.Add("MatMul", [dy, Transposed(b)]), a), g.In(0))),
            g.For(1, () => Back(right, shared ? Product(e, Rows(a), 1, Rows(dy), 0) : e.SumTo(e.Add("MatMul", [Transposed(a), dy]), b), g.In(1))),
        ];

        Value Unsqueeze(Value x, long axis) => e.Add("Unsqueeze", [x, e.Ints(axis)]);

        Value Back(int rank, Value gradient, Value like) => rank == 1 ? e.ReshapeLike(gradient, like) : gradient;

        // One matrix for a whole batch of them: the batch's rows stand under each other, so that its sum is part of the product.
        Value Rows(Value x) => e.RankOf(x) == 2 ? x : e.Reshape(x, -1, e.SizeOf(x, e.RankOf(x) - 1));

        Value Transposed(Value x)
        {
            var axes = Enumerable.Range(0, e.RankOf(x)).Select(i => (long)i).ToArray();
            (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
            return e.Transpose(x, axes);
        }
    }

    private static Value Product(Emitter e, Value x, long transX, Value y, long transY, float alpha = 1) => e.Add("Gemm", [x, y],
        NodeAttribute.Of("alpha", alpha), NodeAttribute.Of("transA", transX), NodeAttribute.Of("transB", transY));
}
