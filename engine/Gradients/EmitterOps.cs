using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients;

/// <summary>The operators rules use most, by name.</summary>
public sealed partial class Emitter
{
    /// <summary>a + b, broadcast.</summary>
    public Value Add(Value a, Value b) => Add("Add", [a, b]);

    /// <summary>a − b, broadcast.</summary>
    public Value Sub(Value a, Value b) => Add("Sub", [a, b]);

    /// <summary>a · b, broadcast.</summary>
    public Value Mul(Value a, Value b) => Add("Mul", [a, b]);

    /// <summary>a · number.</summary>
    public Value Mul(Value a, double number) => Add("Mul", [a, Scalar(number, a)]);

    /// <summary>a + number.</summary>
    public Value Add(Value a, double number) => Add("Add", [a, Scalar(number, a)]);

    /// <summary>a / b, broadcast.</summary>
    public Value Div(Value a, Value b) => Add("Div", [a, b]);

    /// <summary>−a.</summary>
    public Value Neg(Value a) => Add("Neg", [a]);

    /// <summary>a > b, broadcast; bool.</summary>
    public Value Greater(Value a, Value b) => Add("Greater", [a, b]);

    /// <summary>condition ? a : b, broadcast.</summary>
    public Value Where(Value condition, Value a, Value b) => Add("Where", [condition, a, b]);

    /// <summary>a where the condition holds, else 0.</summary>
    public Value Masked(Value condition, Value a) => Where(condition, a, Scalar(0, a));

    /// <summary>a in the element type of <paramref name="like"/>.</summary>
    public Value CastLike(Value a, Value like) =>
        ElementOf(a) == ElementOf(like) ? a : Add("Cast", [a], NodeAttribute.Of("to", (long)ElementOf(like)));

    /// <summary>Sum over axes (none given: a unchanged).</summary>
    public Value ReduceSum(Value a, ReadOnlySpan<long> axes, bool keep) =>
        axes.IsEmpty ? a : Add("ReduceSum", [a, Ints(axes)], NodeAttribute.Of("keepdims", keep ? 1L : 0L));

    /// <summary>Mean over axes (none given: a unchanged).</summary>
    public Value ReduceMean(Value a, ReadOnlySpan<long> axes, bool keep) =>
        axes.IsEmpty ? a : Add("ReduceMean", [a, Ints(axes)], NodeAttribute.Of("keepdims", keep ? 1L : 0L));

    /// <summary>Shape of a, [rank] int64; a constant when every size is fixed.</summary>
    public Value ShapeTensor(Value a) =>
        Shapes.TypeOf(a)?.Shape is { } shape && shape.All(d => d.Size is not null) ? Ints([.. shape.Select(d => d.Size!.Value)]) : Add("Shape", [a]);

    /// <summary>a reshaped to a shape known now; at most one size may be −1.</summary>
    public Value Reshape(Value a, params ReadOnlySpan<long> shape) => Add("Reshape", [a, Ints(shape)]);

    /// <summary>a reshaped as <paramref name="like"/> is: to constants where at most one size is free.</summary>
    public Value ReshapeLike(Value a, Value like)
    {
        var shape = Shapes.TypeOf(like)?.Shape;
        if (shape is null || shape.Count(d => d.Size is null) > 1 || shape.Any(d => d.Size == 0)) return Add("Reshape", [a, ShapeTensor(like)]);
        return Reshape(a, [.. shape.Select(d => d.Size ?? -1)]);
    }

    /// <summary>a broadcast to the shape of <paramref name="like"/>.</summary>
    public Value ExpandLike(Value a, Value like) => Add("Expand", [a, ShapeTensor(like)]);

    /// <summary>a with its axes permuted.</summary>
    public Value Transpose(Value a, params long[] permutation) => Add("Transpose", [a], NodeAttribute.Of("perm", permutation));

    /// <summary>Zeros in the shape and element type of <paramref name="like"/>.</summary>
    public Value ZerosLike(Value like) => ExpandLike(Scalar(0, like), like);

    /// <summary>
    /// Sums a gradient of broadcast shape back to the shape of <paramref name="like"/>: over the leading axes it lacks and over those where it has size 1.
    /// A symbol stands for a size other than 1.
    /// </summary>
    public Value SumTo(Value gradient, Value like)
    {
        var (from, to) = (ShapeOf(gradient), ShapeOf(like));
        var lead = from.Count - to.Count;
        if (lead < 0) return ExpandLike(gradient, like);
        var axes = new List<long>();
        for (var i = 0; i < lead; i++) axes.Add(i);
        var kept = new List<long>();
        for (var i = 0; i < to.Count; i++)
            if (to[i].Size == 1 && from[lead + i].Size != 1) kept.Add(lead + i);
        if (kept.Count > 0) gradient = ReduceSum(gradient, [.. kept], keep: true);
        return axes.Count > 0 ? ReduceSum(gradient, [.. axes], keep: false) : gradient;
    }
}
