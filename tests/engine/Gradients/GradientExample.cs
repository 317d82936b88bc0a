using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Gradients;

/// <summary>
/// One operator with inputs and attributes, away from its kinks. Every example is run by <see cref="GradientExampleTests"/>: finite differences in float64, the
/// same graph in float32 on ONNX Runtime, closure, and second differences where it is smooth.
/// </summary>
/// <param name="Op">Operator.</param>
/// <param name="Case">What this example adds to the others ("strides 2, groups 3"); unique for the operator.</param>
/// <param name="Inputs">In operator order; integers and bools become initializers. <see cref="OpModel.Omitted"/> leaves one out.</param>
/// <param name="Attributes">Attributes.</param>
internal sealed record GradientExample(string Op, string Case, (string Name, Float64Tensor Value)[] Inputs, params NodeAttribute[] Attributes)
{
    /// <summary>Names of inputs to differentiate with respect to; the other float inputs become initializers. Null: every float input.</summary>
    public string[]? With { get; init; }

    /// <summary>Outputs of the node; float ones count in the loss.</summary>
    public int Outputs { get; init; } = 1;

    /// <summary>True when second derivatives are checked too.</summary>
    public bool Smooth { get; init; }

    /// <summary>Inputs whose first axis is a batch that the operator takes sample by sample; <see cref="FreeBatchTests"/> leaves its size free.</summary>
    public string[] Batch { get; init; } = [];

    /// <summary>Error allowed against central differences, relative to max(1, |g|).</summary>
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>Step of the central differences.</summary>
    public double Step { get; init; } = 1e-5;

    /// <summary>Opset of the one-node model.</summary>
    public long Opset { get; init; } = 18;

    /// <summary>Why ONNX Runtime's CPU provider cannot run it, with what it says; null when it can.</summary>
    public string? NotInRuntime { get; init; }

    public string Name => $"{Op}: {Case}";

    /// <summary>The same with float inputs in another float type, rounded to it; Resize's scales and region are float32 in any case.</summary>
    public GradientExample As(ElementType type) => this with
    {
        Inputs = [.. Inputs.Select(i => (i.Name, i.Value.Type == ElementType.Float && i.Name is not ("scales" or "roi") ? i.Value.As(type) : i.Value))],
    };

    /// <summary>A new one-node model and what its graph inputs are fed.</summary>
    public (Model Model, Dictionary<string, Float64Tensor> Feeds) Model()
    {
        var model = OpModel.Of(Op, Inputs, Attributes, Outputs, opset: Opset, with: With);
        return (model, OpModel.Feeds(model, Inputs));
    }
}
