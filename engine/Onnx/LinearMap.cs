using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>Scale and zero point that turn a quantised value into floats.</summary>
internal readonly record struct QuantisedForm(Value Scale, Value? ZeroPoint, string Domain);

/// <summary>What a node computes when it is z = W·x + b with constant W.</summary>
internal sealed record LinearMap
{
    public required string Kind { get; init; }

    /// <summary>C, then m.</summary>
    public required int Rows { get; init; }

    public required int Columns { get; init; }

    /// <summary>[C,m].</summary>
    public required float[] Weights { get; init; }

    public float[]? Bias { get; init; }

    /// <summary>The operand that is x.</summary>
    public required Value Input { get; init; }

    /// <summary>x comes as [m,N].</summary>
    public bool InputTransposed { get; init; }

    /// <summary>z leaves as [C,N].</summary>
    public bool OutputTransposed { get; init; }

    /// <summary>How x is quantised; null when it is float.</summary>
    public QuantisedForm? InputForm { get; init; }

    /// <summary>For a convolution: kernel size per spatial dimension; null otherwise.</summary>
    public long[]? Kernel { get; init; }

    /// <summary>A convolution that adds positions around the map.</summary>
    public bool IsPadded { get; init; }

    /// <summary>A convolution that leaves positions out.</summary>
    public bool IsStrided { get; init; }
}

/// <summary>A node judged as a linear map: the map, or why it is none.</summary>
internal readonly record struct LinearJudgement(LinearMap? Map, string Reason)
{
    public static implicit operator LinearJudgement(LinearMap map) => new(map, "");

    public static implicit operator LinearJudgement(string reason) => new(null, reason);
}

/// <summary>Reads Gemm, MatMul, Conv and their quantised forms as z = W·x + b.</summary>
internal static class LinearMaps
{
    private delegate LinearJudgement Reader(Node node);

    private static readonly (string OpType, Reader Read)[] Readers =
    [
        ("Gemm", Gemm), ("FusedGemm", Gemm), ("MatMul", MatMul), ("FusedMatMul", MatMul), ("Conv", Conv), ("FusedConv", Conv),
        ("QGemm", QGemm), ("QLinearMatMul", QLinearMatMul), ("QLinearConv", QLinearConv),
    ];

    /// <summary>Whether a node's operator can be a linear map at all.</summary>
    public static bool IsKnown(Node node) => ReaderOf(node) is not null;

    /// <summary>The map of a node for which <see cref="IsKnown"/> holds.</summary>
    public static LinearJudgement Read(Node node)
    {
        if (node.Text("activation", "") is { Length: > 0 } activation) return $"it ends in {activation}, which is not linear";
        return (ReaderOf(node) ?? throw new ArgumentException($"{node} is no linear operator", nameof(node)))(node);
    }

    private static Reader? ReaderOf(Node node) =>
        node.Domain is "" or "ai.onnx" or "com.microsoft" ? Array.Find(Readers, r => r.OpType == node.OpType).Read : null;

    private static LinearJudgement Gemm(Node node)
    {
        var product = Product("Gemm", Constants.Resolve(node.Input(0)), node.Input(0), Constants.Resolve(node.Input(1)), node.Input(1),
            node.Int("transA", 0) != 0, node.Int("transB", 0) != 0, node.Float("alpha", 1));
        if (product.Map is not { } map || node.Input(2) is null) return product;
        return Constants.Resolve(node.Input(2)) is { } c ? WithBias(map, c, node.Float("beta", 1)) : "its bias is computed";
    }

    private static LinearJudgement MatMul(Node node) =>
        Product("MatMul", Constants.Resolve(node.Input(0)), node.Input(0), Constants.Resolve(node.Input(1)), node.Input(1),
            node.Int("transA", 0) != 0, node.Int("transB", 0) != 0, node.Float("alpha", 1));

    // A, a_scale, a_zero, B, b_scale, b_zero, C, y_scale, y_zero; C counts in units of alpha·a_scale·b_scale.
    private static LinearJudgement QGemm(Node node)
    {
        var transB = node.Int("transB", 0) != 0;
        var (a, b) = (Dequantised(node, 0, 0), Dequantised(node, 3, transB ? 0 : 1));
        var alpha = node.Float("alpha", 1);
        var product = Product("QGemm", a, node.Input(0), b, node.Input(3), node.Int("transA", 0) != 0, transB, alpha);
        if (product.Map is not { } map) return product;
        if (map.OutputTransposed) return "its weight is the left operand";
        map = map with { InputForm = FormAt(node, 1) };
        if (node.Input(6) is null) return map;
        return DequantisedBias(node, 6, 1, 4, alpha) is { } bias ? WithBias(map, bias, 1) : "its bias is computed";
    }

    // a, a_scale, a_zero, b, b_scale, b_zero, y_scale, y_zero.
    private static LinearJudgement QLinearMatMul(Node node)
    {
        var (a, b) = (Dequantised(node, 0, 0), Dequantised(node, 3, 1));
        var product = Product("QLinearMatMul", a, node.Input(0), b, node.Input(3), false, false, 1);
        if (product.Map is not { } map) return product;
        return map with { InputForm = FormAt(node, map.OutputTransposed ? 4 : 1) };
    }

    private static LinearJudgement Conv(Node node)
    {
        if (Constants.Resolve(node.Input(1)) is not { } weights) return "its weight is computed";
        var bias = node.Input(2) is null ? null : Constants.Resolve(node.Input(2));
        if (bias is null && node.Input(2) is not null) return "its bias is computed";
        return Convolution("Conv", node, weights, bias, null);
    }

    // x, x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, B; B counts in units of x_scale·w_scale.
    private static LinearJudgement QLinearConv(Node node)
    {
        if (Dequantised(node, 3, 0) is not { } weights) return "its weight is computed";
        var bias = node.Input(8) is null ? null : DequantisedBias(node, 8, 1, 4, 1);
        if (bias is null && node.Input(8) is not null) return "its bias is computed";
        return Convolution("QLinearConv", node, weights, bias, FormAt(node, 1));
    }

    internal static LinearJudgement Product(string kind, Tensor? a, Value? left, Tensor? b, Value? right, bool transA, bool transB, float alpha)
    {
        if (left is null || right is null) return "an operand is missing";
        if (a is null && b is null) return "both its operands are computed, so there is no constant weight";
        if (a is not null && b is not null) return "both its operands are constant";
        var onLeft = a is not null;
        var weight = a ?? b!;
        if (!Resolution.IsReal(weight.Type)) return $"its weight is {weight.Type}";
        if (weight.Count == 0) return "its weight is empty";
        if (weight.Rank < 2 || Tensor.CountOf(weight.Dims[..^2]) != 1)
            return $"its weight has shape [{string.Join(',', weight.Dims.ToArray())}], not two dimensions";
        var (height, width) = (checked((int)weight.Dims[^2]), checked((int)weight.Dims[^1]));

        // x·B: B is [m,C] unless transposed. A·x: A is [C,m] unless transposed.
        var rowsAreClasses = onLeft != (onLeft ? transA : transB);
        var values = Effective(weight.ToFloats(), height, width, rowsAreClasses, alpha);
        return new LinearMap
        {
            Kind = kind,
            Rows = rowsAreClasses ? height : width,
            Columns = rowsAreClasses ? width : height,
            Weights = values,
            Input = onLeft ? right : left,
            InputTransposed = onLeft ? !transB : transA,
            OutputTransposed = onLeft,
        };
    }

    internal static LinearJudgement Convolution(string kind, Node node, Tensor weights, Tensor? bias, QuantisedForm? form)
    {
        if (weights.Rank < 3 || !Resolution.IsReal(weights.Type))
            return $"its weight has shape [{string.Join(',', weights.Dims.ToArray())}], not that of a convolution";
        if (weights.Count == 0) return "its weight is empty";
        if (node.Int("group", 1) != 1) return "it is a grouped convolution";
        if (node.Input(0) is not { } input) return "its input is missing";
        var kernel = weights.Dims[2..].ToArray();
        var padded = (node.Ints("pads") ?? []).Any(p => p != 0)
            || (node.Text("auto_pad", "NOTSET") is not ("NOTSET" or "VALID") && kernel.Any(k => k != 1));
        LinearJudgement map = new LinearMap
        {
            Kind = kind,
            Rows = checked((int)weights.Dims[0]),
            Columns = checked((int)Tensor.CountOf(weights.Dims[1..])),
            Weights = weights.ToFloats(),
            Input = input,
            InputForm = form,
            Kernel = kernel,
            IsPadded = padded,
            IsStrided = (node.Ints("strides") ?? []).Any(s => s != 1),
        };
        return bias is null ? map : WithBias(map.Map!, bias, 1);
    }

    // A bias per class: [C], [1,C], or [C,1] where classes are rows; one number for all is fine.
    private static LinearJudgement WithBias(LinearMap map, Tensor bias, float beta)
    {
        if (!Resolution.IsReal(bias.Type)) return $"its bias is {bias.Type}";
        var values = bias.ToFloats();
        var axis = map.OutputTransposed ? bias.Rank - 2 : bias.Rank - 1;
        var fits = values.Length == 1 || (values.Length == map.Rows && axis >= 0 && bias.Dims[axis] == map.Rows);
        if (!fits) return $"its bias has shape [{string.Join(',', bias.Dims.ToArray())}], not one number per class";
        var full = new float[map.Rows];
        for (var i = 0; i < full.Length; i++) full[i] = beta * values[values.Length == 1 ? 0 : i];
        return map with { Bias = full };
    }

    private static float[] Effective(float[] values, int height, int width, bool rowsAreClasses, float alpha)
    {
        var weights = values;
        if (!rowsAreClasses)
        {
            weights = new float[values.Length];
            for (var i = 0; i < height; i++)
                for (var j = 0; j < width; j++) weights[j * height + i] = values[i * width + j];
        }

        if (alpha != 1) System.Numerics.Tensors.TensorPrimitives.Multiply(weights, alpha, weights);
        return weights;
    }

    private static QuantisedForm? FormAt(Node node, int scale) => node.Input(scale) is { } s ? new QuantisedForm(s, node.Input(scale + 1), "") : null;

    // A quantised operand followed by its scale and zero point; null when any of them is computed.
    private static Tensor? Dequantised(Node node, int at, int axis)
    {
        var zero = node.Input(at + 2);
        if (Constants.Resolve(node.Input(at)) is not { } x || Constants.Resolve(node.Input(at + 1)) is not { } scale) return null;
        var zeros = Constants.Resolve(zero);
        return zero is not null && zeros is null ? null : Dequantisation.Apply(x, scale, zeros, axis);
    }

    private static Tensor? DequantisedBias(Node node, int at, int inputScale, int weightScale, float factor)
    {
        if (Constants.Resolve(node.Input(at)) is not { } bias || Constants.Resolve(node.Input(inputScale)) is not { } x
            || Constants.Resolve(node.Input(weightScale)) is not { } w)
            return null;
        if (!Resolution.IsReal(bias.Type) || !Resolution.IsReal(x.Type) || !Resolution.IsReal(w.Type) || x.Count != 1) return null;
        var (values, scales) = (bias.ToFloats(), w.ToFloats());
        if (scales.Length != 1 && scales.Length != values.Length) return null;
        for (var i = 0; i < values.Length; i++) values[i] *= factor * x.ToFloats()[0] * scales[scales.Length == 1 ? 0 : i];
        return Tensor.FromFloats(bias.Dims, values);
    }
}
