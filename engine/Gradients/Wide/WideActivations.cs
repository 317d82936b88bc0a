using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Wide;

/// <summary>Piecewise linear functions by comparisons and products.</summary>
internal static class WideActivations
{
    internal static Value[] LeakyRelu(WideNode node)
    {
        var (e, x) = (node.Emit, node.Inputs[0]!);
        return [e.Where(e.Greater(x, e.Scalar(0, x)), x, e.Mul(x, node.Node.Float("alpha", 0.01f)))];
    }

    internal static Value[] HardSigmoid(WideNode node) => [Gate(node, node.Node.Float("alpha", 0.2f), node.Node.Float("beta", 0.5f))];

    internal static Value[] HardSwish(WideNode node) => [node.Emit.Mul(node.Inputs[0]!, Gate(node, 1.0 / 6, 0.5))];

    private static Value Gate(WideNode node, double slope, double offset)
    {
        var (e, x) = (node.Emit, node.Inputs[0]!);
        return e.Add("Clip", [e.Add(e.Mul(x, slope), offset), e.Scalar(0, x), e.Scalar(1, x)]);
    }
}
