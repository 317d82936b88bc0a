using OnnxAudit.Gradients.Rules;
using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients;

/// <summary>Every operator that can be differentiated: the only registration. Forms are those of opset 18; <c>Opsets</c> brings older graphs up.</summary>
public static class GradientTable
{
    /// <summary>One row for every operator, in families.</summary>
    public static IReadOnlyList<GradientRow> Rows { get; } =
    [
        new("Add", Arithmetic.Add),
        new("Sub", Arithmetic.Sub),
        new("Mul", Arithmetic.Mul),
        new("Neg", Arithmetic.Neg),
        new("Relu", Activations.Relu, Kinks: "0 at 0"),
        new("ReduceSum", Reductions.Sum),
        new("Expand", Movement.Expand),
        new("Reshape", Movement.Reshape),
        new("Identity", Movement.Identity),
        new("Gemm", Linear.Gemm),

        .. Constant("Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal", "Not", "And", "Or", "Xor", "Sign", "Shape", "Size", "OneHot", "ArgMax", "ArgMin",
            "Constant", "ConstantOfShape", "Range", "NonZero", "IsNaN", "IsInf", "Floor", "Ceil", "Round", "EyeLike", "RandomNormalLike", "RandomUniformLike"),
    ];

    private static readonly Dictionary<string, GradientRow> ByOp = Rows.ToDictionary(r => r.Op, StringComparer.Ordinal);

    /// <summary>The row of a node's operator, or null.</summary>
    public static GradientRow? Of(Node node) => node.Domain is "" or "ai.onnx" ? ByOp.GetValueOrDefault(node.OpType) : null;

    /// <summary>True for operators whose outputs do not change, or have no derivative, wherever they have one: integers, comparisons, rounding.</summary>
    public static bool IsConstant(Node node) => Of(node)?.Rule == NoGradientAtAll;

    /// <summary>Why a node cannot be differentiated, or null when it can.</summary>
    public static string? WhyNot(Node node)
    {
        if (Of(node) is { } row) return row.Refuses?.Invoke(node);
        return node.Domain is "" or "ai.onnx" ? $"no gradient rule for {node.OpType}" : $"no gradient rule for {node.Domain}.{node.OpType}";
    }

    private static IEnumerable<GradientRow> Constant(params string[] ops) => ops.Select(op => new GradientRow(op, NoGradientAtAll, Kinks: "0 everywhere"));

    private static Gradient[] NoGradientAtAll(NodeGradient g) => g.NoneAtAll();
}
