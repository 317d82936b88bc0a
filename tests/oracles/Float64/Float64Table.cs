using E = OnnxAudit.Tests.Oracles.Elementwise;

namespace OnnxAudit.Tests.Oracles;

/// <summary>Every operator the float64 evaluator knows: the only registration. Forms are those of opset 18 unless a newer one is named.</summary>
internal static class Float64Table
{
    public static IReadOnlyDictionary<string, Func<OpCall, Float64Tensor[]>> Rows { get; } = new Dictionary<string, Func<OpCall, Float64Tensor[]>>
    {
        ["Add"] = c => E.Binary(c, (a, b) => a + b),
        ["Sub"] = c => E.Binary(c, (a, b) => a - b),
        ["Mul"] = c => E.Binary(c, (a, b) => a * b),
        ["Div"] = c => E.Binary(c, c[0].IsFloat ? (a, b) => a / b : (a, b) => Math.Truncate(a / b)),
        ["Pow"] = c => E.Binary(c, Math.Pow),
        ["Sum"] = c => E.Fold(c, (a, b) => a + b),
        ["Min"] = c => E.Fold(c, Math.Min),
        ["Max"] = c => E.Fold(c, Math.Max),
        ["Greater"] = c => E.Compare(c, (a, b) => a > b),
        ["GreaterOrEqual"] = c => E.Compare(c, (a, b) => a >= b),
        ["Less"] = c => E.Compare(c, (a, b) => a < b),
        ["LessOrEqual"] = c => E.Compare(c, (a, b) => a <= b),
        ["Equal"] = c => E.Compare(c, (a, b) => a == b),
        ["And"] = c => E.Compare(c, (a, b) => a != 0 && b != 0),
        ["Or"] = c => E.Compare(c, (a, b) => a != 0 || b != 0),
        ["Xor"] = c => E.Compare(c, (a, b) => a != 0 ^ b != 0),
        ["Where"] = E.Where,
        ["Not"] = c => E.Unary(c, a => a == 0 ? 1 : 0),
        ["Neg"] = c => E.Unary(c, a => -a),
        ["Abs"] = c => E.Unary(c, Math.Abs),
        ["Sqrt"] = c => E.Unary(c, Math.Sqrt),
        ["Exp"] = c => E.Unary(c, Math.Exp),
        ["Log"] = c => E.Unary(c, Math.Log),
        ["Sign"] = c => E.Unary(c, a => a > 0 ? 1 : a < 0 ? -1 : a),
        ["Erf"] = c => E.Unary(c, Activations.Erf),
        ["Cast"] = E.Cast,

        ["Relu"] = c => E.Unary(c, a => Math.Max(a, 0)),
        ["Sigmoid"] = c => E.Unary(c, Activations.Sigmoid),
        ["Tanh"] = c => E.Unary(c, Math.Tanh),

        ["ReduceSum"] = Reductions.Sum,
        ["ReduceMean"] = Reductions.Mean,
        ["ReduceMax"] = Reductions.Max,

        ["MatMul"] = Products.MatMul,
        ["Gemm"] = Products.Gemm,
        ["Conv"] = Convolution.Conv,
        ["ConvTranspose"] = Convolution.ConvTranspose,

        ["Identity"] = c => [c[0]],
        ["Shape"] = Movement.Shape,
        ["Reshape"] = Movement.Reshape,
        ["Transpose"] = Movement.Transpose,
        ["Expand"] = Movement.Expand,
        ["Squeeze"] = Movement.Squeeze,
        ["Unsqueeze"] = Movement.Unsqueeze,
        ["Concat"] = Movement.Concat,
        ["Slice"] = Movement.Slice,
    };
}
