using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>One size of a shape to be built: a number, the size of a value along an axis (fixed or free), or what the element count leaves over.</summary>
internal readonly record struct SizeTerm(long? Number, Value? Of, int Axis)
{
    /// <summary>The one size that follows from the others.</summary>
    internal static SizeTerm Rest => -1;

    public static implicit operator SizeTerm(long number) => new(number, null, 0);

    /// <summary>The size of a value along an axis.</summary>
    internal static SizeTerm Along(Value value, int axis) => new(null, value, axis);
}

/// <summary>Shapes that hold free sizes: constants as far as sizes are fixed, shape arithmetic beyond.</summary>
internal static class Sizes
{
    /// <summary>a reshaped; a constant shape when at most one size is free.</summary>
    internal static Value ReshapeTo(this Emitter emit, Value a, params ReadOnlySpan<SizeTerm> shape)
    {
        var fixedSizes = Fixed(emit, shape);
        if (fixedSizes.Count(s => s is null or -1) <= 1) return emit.Reshape(a, [.. fixedSizes.Select(s => s ?? -1)]);
        return emit.Add("Reshape", [a, emit.SizesOf(shape)]);
    }

    /// <summary>The sizes as a 1-D int64 value.</summary>
    internal static Value SizesOf(this Emitter emit, params ReadOnlySpan<SizeTerm> shape)
    {
        var sizes = Fixed(emit, shape);
        if (sizes.All(s => s is not null)) return emit.Ints([.. sizes.Select(s => s!.Value)]);
        var parts = new List<Value?>();
        for (var i = 0; i < sizes.Length;)
        {
            var from = i;
            if (sizes[i] is null)
            {
                while (++i < sizes.Length && sizes[i] is null && shape[i].Of == shape[from].Of && shape[i].Axis == shape[i - 1].Axis + 1) ;
                parts.Add(emit.Add("Shape", [shape[from].Of], NodeAttribute.Of("start", (long)shape[from].Axis), NodeAttribute.Of("end", shape[i - 1].Axis + 1L)));
            }
            else
            {
                while (++i < sizes.Length && sizes[i] is not null) ;
                parts.Add(emit.Ints([.. sizes[from..i].Select(s => s!.Value)]));
            }
        }

        return parts.Count == 1 ? parts[0]! : emit.Add("Concat", [.. parts], NodeAttribute.Of("axis", 0L));
    }

    /// <summary>The sizes of a value along the axes from <paramref name="axis"/> on.</summary>
    internal static SizeTerm[] From(this Emitter emit, Value value, int axis) =>
        [.. Enumerable.Range(axis, emit.RankOf(value) - axis).Select(i => SizeTerm.Along(value, i))];

    /// <summary>The axes from <paramref name="first"/> on: for pictures, 2 gives the spatial ones.</summary>
    internal static long[] AxesFrom(this Emitter emit, Value value, int first) =>
        [.. Enumerable.Range(first, emit.RankOf(value) - first).Select(i => (long)i)];

    /// <summary>Every axis but the second: batch and space.</summary>
    internal static long[] AxesButChannels(this Emitter emit, Value value) => [0, .. emit.AxesFrom(value, 2)];

    private static long?[] Fixed(Emitter emit, ReadOnlySpan<SizeTerm> shape)
    {
        var sizes = new long?[shape.Length];
        for (var i = 0; i < sizes.Length; i++) sizes[i] = shape[i].Of is { } value ? emit.ShapeOf(value)[shape[i].Axis].Size : shape[i].Number;
        return sizes;
    }
}
