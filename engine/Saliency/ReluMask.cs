using OnnxAudit.Gradients;
using OnnxAudit.Graphs;

namespace OnnxAudit.Saliency;

/// <summary>The gradient of a ReLU as the graph writes it, Where(Y > 0, G, 0), where G may be the sum of two gradients that nothing else reads.</summary>
/// <param name="Output">Y.</param>
/// <param name="Gradient">G, or the sum's first part.</param>
/// <param name="Other">The sum's second part, or null.</param>
internal sealed record ReluMask(Value Output, Value Gradient, Value? Other)
{
    /// <summary>What <paramref name="where"/> masks; null when it is no such mask over float32 values of one shape.</summary>
    internal static ReluMask? Of(Emitter emit, Node where)
    {
        if (where.Input(0)?.Producer is not { } greater || !greater.Is("Greater") || !IsZero(greater.Input(1)) || !IsZero(where.Input(2))) return null;
        var (y, gradient) = (greater.Input(0)!, where.Input(1)!);
        if (emit.ElementOf(gradient) != ElementType.Float || emit.RankOf(gradient) == 0 || !SameShape(emit, y, gradient)) return null;
        if (gradient.Producer is { } sum && (sum.Is("Sum") || sum.Is("Add")) && sum.Inputs is [{ } one, { } two] && gradient.Uses.Count == 1 && !gradient.IsOutput
            && SameShape(emit, one, y) && SameShape(emit, two, y))
            return new ReluMask(y, one, two);
        return new ReluMask(y, gradient, null);
    }

    private static bool IsZero(Value? value) => value?.Initializer is { Type: ElementType.Float } tensor && tensor.Dims.IsEmpty && tensor.Span<float>()[0] == 0;

    private static bool SameShape(Emitter emit, Value a, Value b) => emit.ShapeOf(a).SequenceEqual(emit.ShapeOf(b));
}
