using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles;

/// <summary>One operator with inputs and attributes, on which the float64 evaluator must agree with ONNX Runtime in float32.</summary>
/// <param name="Op">Operator.</param>
/// <param name="Case">What sets this case apart; unique for the operator.</param>
/// <param name="Inputs">In operator order; the name "" leaves one out.</param>
/// <param name="Attributes">Attributes.</param>
internal sealed record EvaluatorCase(string Op, string Case, (string Name, Float64Tensor Value)[] Inputs, params NodeAttribute[] Attributes)
{
    public int Outputs { get; init; } = 1;

    public long Opset { get; init; } = 18;

    /// <summary>Relative error allowed; 1e-5 is some 100 roundings of float32 in a sum.</summary>
    public double Tolerance { get; init; } = 1e-5;

    public string Name => $"{Op}: {Case}";
}
