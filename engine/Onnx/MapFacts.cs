using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>What the file and the operators say about the size of a feature map [N, channels, positions…].</summary>
internal static class MapFacts
{
    private const int Deepest = 64;

    /// <summary>Whether the file states a map of exactly <paramref name="size"/>.</summary>
    public static bool HasSize(Value value, long[] size) =>
        value.Type?.Shape is { } shape && shape.Count == size.Length + 2
            && shape.Skip(2).Select(d => d.Size).SequenceEqual(size.Select(s => (long?)s));

    /// <summary>Elements per sample of a shape [N, …]; null when a size is unknown (0, -1) or only N is there. Saturates instead of overflowing.</summary>
    public static long? PerSample(ReadOnlySpan<long> shape)
    {
        if (shape.Length < 2) return null;
        long count = 1;
        foreach (var d in shape[1..])
        {
            if (d <= 0) return null;
            count = count > long.MaxValue / d ? long.MaxValue : count * d;
        }

        return count;
    }

    /// <summary>Whether an AveragePool's window is the whole map, so that it is a global one.</summary>
    public static bool CoversMap(Node pool) =>
        pool.Ints("kernel_shape") is { } kernel && pool.Input(0) is { } input && HasSize(input, kernel) && (pool.Ints("pads") ?? []).All(p => p == 0);

    /// <summary>
    /// Whether a value is a map of one position over its <paramref name="axes"/> spatial axes: stated, or made by global pooling and then
    /// only by operators that keep positions.
    /// False also when that is not known.
    /// </summary>
    public static bool IsOneCell(Value value, int axes)
    {
        var at = value;
        for (var steps = 0; steps < Deepest; steps++)
        {
            if (at.Type?.Shape is { Count: > 2 } shape && shape.Skip(2).All(d => d.Size is not null)) return shape.Skip(2).All(d => d.Size == 1);
            if (at.Producer is not { } node) return false;
            switch (node.OpType)
            {
                case "GlobalAveragePool" or "GlobalMaxPool" or "GlobalLpPool" or "QLinearGlobalAveragePool": return true;
                case "ReduceMean" or "ReduceMax" or "ReduceSum": return AveragedAxes(node) == axes && node.Int("keepdims", 1) != 0;
                case "AveragePool" or "MaxPool" when CoversMap(node): return true;
                case "Reshape":
                    return Constants.Resolve(node.Input(1)) is { Type: ElementType.Int64, Rank: 1, Count: > 2 } target
                    && target.Span<long>()[2..].IndexOfAnyExcept(1) < 0;
                case "Conv" or "QLinearConv" or "FusedConv" or "ConvInteger" when !KeepsPositions(node): return false;
                case "Conv" or "QLinearConv" or "FusedConv" or "ConvInteger" or "Relu" or "LeakyRelu" or "Clip" or "Identity" or "Dropout" or "HardSwish" or "HardSigmoid" or "Sigmoid" or "Tanh"
                    or "Elu" or "Selu" or "PRelu" or "Gelu" or "Erf" or "BatchNormalization" or "QuantizeLinear" or "DequantizeLinear" or "DynamicQuantizeLinear" or "Cast":
                    if (node.Input(0) is not { } next) return false;
                    at = next;
                    break;
                case "Mul" or "Add" or "Div" or "Sub":
                    var operand = Constants.Resolve(node.Input(0)) is null ? node.Input(0) : node.Input(1);
                    if (operand is null) return false;
                    at = operand;
                    break;
                default: return false;
            }
        }

        return false;
    }

    private static bool KeepsPositions(Node conv) => (conv.Ints("pads") ?? []).All(p => p == 0)
        && Constants.Resolve(conv.Input(conv.OpType == "QLinearConv" ? 3 : 1)) is { Rank: > 2 } w && Tensor.CountOf(w.Dims[2..]) == 1;

    /// <summary>How many spatial axes a reduction runs over when it is over the leading or over all of them (-2, -1); null for any other.</summary>
    public static int? AveragedAxes(Node reduction)
    {
        var axes = reduction.Ints("axes")
            ?? (Constants.Resolve(reduction.Input(1)) is { Type: ElementType.Int64 } a ? a.Span<long>().ToArray() : null);
        if (axes is null || axes.Length == 0) return null;
        var leading = axes.Order().SequenceEqual(Enumerable.Range(2, axes.Length).Select(i => (long)i));
        return leading || axes.Order().SequenceEqual([-2L, -1L]) ? axes.Length : null;
    }
}
