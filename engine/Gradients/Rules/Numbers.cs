using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>Constant tensors of computed numbers.</summary>
internal static class Numbers
{
    /// <summary>A constant in the element type of <paramref name="like"/>; every size must be fixed.</summary>
    internal static Value Constant(this Emitter emit, double[] numbers, Value like, params ReadOnlySpan<long> dims) => emit.ElementOf(like) switch
    {
        ElementType.Double => emit.Constant(Tensor.From<double>(ElementType.Double, dims, numbers)),
        ElementType.Float16 => emit.Constant(Tensor.From<Half>(ElementType.Float16, dims, [.. numbers.Select(n => (Half)n)])),
        _ => emit.CastLike(emit.Constant(Tensor.FromFloats(dims, [.. numbers.Select(n => (float)n)])), like),
    };
}
