namespace OnnxAudit.Tests.Oracles;

/// <summary>Activation functions that are more than a formula in the table.</summary>
internal static class Activations
{
    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    /// <summary>log(1 + eˣ) without overflow.</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    /// <summary>erf x = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)), whose terms have one sign; 1 beyond 6 to double precision.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        if (Math.Abs(x) > 6) return Math.Sign(x);
        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    public static Float64Tensor[] Elu(OpCall call)
    {
        var alpha = call.Float("alpha", 1);
        return Elementwise.Unary(call, x => x < 0 ? alpha * (Math.Exp(x) - 1) : x);
    }

    public static Float64Tensor[] Selu(OpCall call)
    {
        var (alpha, gamma) = (call.Float("alpha", 1.67326319217681884765625f), call.Float("gamma", 1.05070102214813232421875f));
        return Elementwise.Unary(call, x => gamma * (x > 0 ? x : alpha * (Math.Exp(x) - 1)));
    }

    public static Float64Tensor[] Celu(OpCall call)
    {
        var alpha = call.Float("alpha", 1);
        return Elementwise.Unary(call, x => Math.Max(0, x) + Math.Min(0, alpha * (Math.Exp(x / alpha) - 1)));
    }

    public static Float64Tensor[] HardSigmoid(OpCall call)
    {
        var (alpha, beta) = (call.Float("alpha", 0.2f), call.Float("beta", 0.5f));
        return Elementwise.Unary(call, x => Math.Clamp(alpha * x + beta, 0, 1));
    }

    /// <summary>x·Φ(x), or with approximate = tanh its formula with a cube.</summary>
    public static Float64Tensor[] Gelu(OpCall call) => call.Text("approximate", "none") switch
    {
        "none" => Elementwise.Unary(call, x => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)))),
        "tanh" => Elementwise.Unary(call, x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715f * x * x * x)))),
        var other => throw new NotSupportedException($"no Gelu of {other}"),
    };

    /// <summary>Bounds are inputs, or attributes in the form before opset 11; absent means none.</summary>
    public static Float64Tensor[] Clip(OpCall call)
    {
        var low = call.Optional(1)?.Values[0] ?? call.Float("min", float.NegativeInfinity);
        var high = call.Optional(2)?.Values[0] ?? call.Float("max", float.PositiveInfinity);
        return Elementwise.Unary(call, x => Math.Min(Math.Max(x, low), high));
    }

    public static Float64Tensor[] Softmax(OpCall call) => [AlongAxis(call[0], call.Axis("axis", -1, call[0].Rank), row =>
    {
        var logs = LogSoftmax(row);
        return [.. logs.Select(Math.Exp)];
    })];

    public static Float64Tensor[] LogSoftmax(OpCall call) => [AlongAxis(call[0], call.Axis("axis", -1, call[0].Rank), LogSoftmax)];

    public static double[] LogSoftmax(double[] row)
    {
        var largest = row.Max();
        var log = largest + Math.Log(row.Sum(v => Math.Exp(v - largest)));
        return [.. row.Select(v => v - log)];
    }

    /// <summary>f applied to every row along an axis.</summary>
    public static Float64Tensor AlongAxis(Float64Tensor x, int axis, Func<double[], double[]> f)
    {
        var (before, size, after) = Grid.Around(x.Dims, axis);
        var y = new double[x.Values.Length];
        for (var i = 0; i < before; i++)
            for (var j = 0; j < after; j++)
            {
                var row = new double[size];
                for (var k = 0; k < size; k++) row[k] = x.Values[(i * size + k) * after + j];
                row = f(row);
                for (var k = 0; k < size; k++) y[(i * size + k) * after + j] = row[k];
            }

        return x.With(y);
    }
}
