using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>
/// Values known before the model runs. An initializer counts as known also where a caller could override it, as in IR version 3, which lists
/// weights as inputs.
/// </summary>
public static class Constants
{
    private const int Deepest = 64;

    /// <summary>The value with an initializer behind a value, through Identity nodes; null when there is none.</summary>
    public static Value? Source(Value? value)
    {
        while (value is { Initializer: null }) value = value.Producer is { } maker && maker.Is("Identity") ? maker.Input(0) : null;
        return value;
    }

    /// <summary>
    /// The constant a value stands for: an initializer, a Constant node, or of constants Identity, Transpose, Mul (scalar or same shape), Cast to float,
    /// DequantizeLinear, casts of small integers and Gather from a list, and what unpacks bits: BitShift of uint8, Cast of it to bool, Where, Reshape, Slice along
    /// the first axis. Mul, Cast to float and DequantizeLinear give float32. Null when it depends on the input or on an operator not named here.
    /// Initializers are not copied.
    /// </summary>
    public static Tensor? Resolve(Value? value) => new Resolution().Of(value);

    /// <summary>The element type of a value, stated by the file or following from its maker; null when neither says.</summary>
    public static ElementType? ElementOf(Value? value)
    {
        for (var steps = 0; value is not null && steps < Deepest; steps++)
        {
            if (value.Initializer is { } tensor) return tensor.Type;
            if (value.Type is { Element: not ElementType.Undefined } type) return type.Element;
            if (value.Producer is not { } maker) return null;
            if (maker.OpType == "Cast") return (ElementType)maker.Int("to", 0);
            if (maker.Is("Constant")) return Resolve(value)?.Type;
            value = maker.OpType switch
            {
                "DequantizeLinear" => maker.Input(1),
                "Gemm" or "MatMul" or "Conv" or "Add" or "Sub" or "Mul" or "Div" => Source(maker.Input(1)) ?? Source(maker.Input(0))
                    ?? maker.Input(1),
                "Identity" or "Dropout" or "Flatten" or "Reshape" or "Squeeze" or "Unsqueeze" or "Transpose" or "Softmax" or "LogSoftmax" or "Relu"
                    or "GlobalAveragePool" or "AveragePool" or "MaxPool" or "ReduceMean" or "BatchNormalization" or "Clip" => maker.Input(0),
                _ => null,
            };
        }

        return null;
    }
}
