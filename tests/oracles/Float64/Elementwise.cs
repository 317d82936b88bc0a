using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles;

/// <summary>Operators that work element by element, with broadcasting.</summary>
internal static class Elementwise
{
    public static Float64Tensor[] Unary(OpCall call, Func<double, double> f)
    {
        var x = call[0].Values;
        var y = new double[x.Length];
        for (var i = 0; i < y.Length; i++) y[i] = f(x[i]);
        return [call[0].With(y)];
    }

    public static Float64Tensor[] Test(OpCall call, Func<double, bool> f) => [Typed(ElementType.Bool, Unary(call, x => f(x) ? 1 : 0)[0])];

    public static Float64Tensor[] Binary(OpCall call, Func<double, double, double> f) => [Map(call[0].Type, call[0], call[1], f)];

    public static Float64Tensor[] Compare(OpCall call, Func<double, double, bool> f) => [Map(ElementType.Bool, call[0], call[1], (a, b) => f(a, b) ? 1 : 0)];

    public static Float64Tensor[] Fold(OpCall call, Func<double, double, double> f) => [call.All.Aggregate((a, b) => Map(a.Type, a, b, f))];

    public static Float64Tensor[] Where(OpCall call)
    {
        var dims = Grid.Broadcast(call[0].Dims, call[1].Dims, call[2].Dims);
        var (c, a, b) = (Spread(call[0], dims), Spread(call[1], dims), Spread(call[2], dims));
        var y = new double[c.Length];
        for (var i = 0; i < y.Length; i++) y[i] = c[i] != 0 ? a[i] : b[i];
        return [new(call[1].Type, dims, y)];
    }

    /// <summary>fmod = 0: the remainder has the divisor's sign; fmod = 1: the dividend's.</summary>
    public static Float64Tensor[] Mod(OpCall call) =>
        Binary(call, call.Int("fmod", 0) == 1 ? (a, b) => a % b : (a, b) => a - b * Math.Floor(a / b));

    public static Float64Tensor[] IsInf(OpCall call)
    {
        var (negative, positive) = (call.Int("detect_negative", 1) == 1, call.Int("detect_positive", 1) == 1);
        return Test(call, x => (positive && double.IsPositiveInfinity(x)) || (negative && double.IsNegativeInfinity(x)));
    }

    /// <summary>To integers toward zero, to bool by "not zero"; floats keep every digit.</summary>
    public static Float64Tensor[] Cast(OpCall call)
    {
        var to = (ElementType)call.Int("to", 0);
        return [Typed(to, To(call[0], to))];
    }

    public static Float64Tensor[] CastLike(OpCall call) => [Typed(call[1].Type, To(call[0], call[1].Type))];

    public static Float64Tensor Map(ElementType type, Float64Tensor a, Float64Tensor b, Func<double, double, double> f)
    {
        var dims = Grid.Broadcast(a.Dims, b.Dims);
        var (x, z) = (Spread(a, dims), Spread(b, dims));
        var y = new double[x.Length];
        for (var i = 0; i < y.Length; i++) y[i] = f(x[i], z[i]);
        return new(type, dims, y);
    }

    /// <summary>The elements broadcast to a shape.</summary>
    public static double[] Spread(Float64Tensor x, long[] dims) =>
        x.Dims.AsSpan().SequenceEqual(dims) ? x.Values : Grid.Pick(x.Values, Grid.BroadcastOffsets(x.Dims, dims));

    private static Float64Tensor To(Float64Tensor x, ElementType type)
    {
        Func<double, double> element = type switch
        {
            ElementType.Bool => v => v != 0 ? 1 : 0,
            ElementType.Float or ElementType.Double or ElementType.Float16 or ElementType.BFloat16 => v => v,
            ElementType.Int64 or ElementType.Int32 or ElementType.Int16 or ElementType.Int8 or ElementType.UInt8 => Math.Truncate,
            _ => throw new NotSupportedException($"no Cast to {type}"),
        };
        return x.With([.. x.Values.Select(element)]);
    }

    private static Float64Tensor Typed(ElementType type, Float64Tensor x) => new(type, x.Dims, x.Values);
}
