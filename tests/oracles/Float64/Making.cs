using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles;

/// <summary>Operators that make tensors from few numbers.</summary>
internal static class Making
{
    public static Float64Tensor[] Constant(OpCall call) => [call.Node.Attributes.Single() switch
    {
        { Name: "value", Value: Tensor tensor } => Float64Tensor.Of(tensor),
        { Name: "value_float", Value: float number } => new(ElementType.Float, [], [number]),
        { Name: "value_floats", Value: float[] numbers } => new(ElementType.Float, [numbers.Length], [.. numbers.Select(n => (double)n)]),
        { Name: "value_int", Value: long number } => Float64Tensor.Int(number),
        { Name: "value_ints", Value: long[] numbers } => Float64Tensor.Ints(numbers),
        var other => throw new NotSupportedException($"no Constant of {other.Name}"),
    }];

    public static Float64Tensor[] ConstantOfShape(OpCall call)
    {
        var value = call.Node.Attribute("value") is { Value: Tensor tensor } ? Float64Tensor.Of(tensor) : Float64Tensor.From([0]);
        var dims = call[0].Longs();
        return [new(value.Type, dims, [.. Enumerable.Repeat(value.Values[0], Grid.Count(dims))])];
    }

    public static Float64Tensor[] Range(OpCall call)
    {
        var (start, limit, delta) = (call[0].Values[0], call[1].Values[0], call[2].Values[0]);
        var count = Math.Max(0, (int)Math.Ceiling((limit - start) / delta));
        return [new(call[0].Type, [count], [.. Enumerable.Range(0, count).Select(i => start + i * delta)])];
    }

    public static Float64Tensor[] EyeLike(OpCall call)
    {
        var (x, k) = (call[0], call.Int("k", 0));
        var columns = (int)x.Dims[1];
        return [new((ElementType)call.Int("dtype", (long)x.Type), x.Dims, [.. x.Values.Select((_, i) => i % columns - i / columns == k ? 1.0 : 0.0)])];
    }

    /// <summary>values[1] where the index along the new axis is the one given, values[0] elsewhere; indices outside ±depth are nowhere.</summary>
    public static Float64Tensor[] OneHot(OpCall call)
    {
        var (indices, depth, values) = (call[0], (long)call[1].Values[0], call[2]);
        var axis = call.Axis("axis", -1, indices.Rank + 1);
        long[] dims = [.. indices.Dims[..axis], depth, .. indices.Dims[axis..]];
        var (before, _, after) = Grid.Around(dims, axis);
        var y = new double[Grid.Count(dims)];
        for (var i = 0; i < before; i++)
            for (var d = 0; d < depth; d++)
                for (var j = 0; j < after; j++)
                {
                    var index = indices.Values[i * after + j];
                    y[(i * (int)depth + d) * after + j] = values.Values[(index < 0 ? index + depth : index) == d ? 1 : 0];
                }

        return [new(values.Type, dims, y)];
    }

    /// <summary>Outside training: x, and a mask of all true.</summary>
    public static Float64Tensor[] Dropout(OpCall call)
    {
        if (call.Optional(2)?.Values[0] is { } training && training != 0 && call.Optional(1)?.Values[0] is not 0.0)
            throw new NotSupportedException("no Dropout in training mode");
        return [call[0], new(ElementType.Bool, call[0].Dims, [.. Enumerable.Repeat(1.0, call[0].Values.Length)])];
    }
}
