using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles;

/// <summary>Operators that reduce axes.</summary>
internal static class Reductions
{
    public static Float64Tensor[] Sum(OpCall call) => Over(call, x => x.Sum());

    public static Float64Tensor[] Mean(OpCall call) => Over(call, x => x.Average());

    public static Float64Tensor[] Max(OpCall call) => Over(call, x => x.Aggregate(double.NegativeInfinity, Math.Max));

    /// <summary>f of the elements that share a kept index, in C order. No axes: all, or with noop_with_empty_axes each element alone.</summary>
    public static Float64Tensor[] Over(OpCall call, Func<double[], double> f)
    {
        var (x, keep) = (call[0], call.Int("keepdims", 1) == 1);
        var axes = (call.Longs(1) ?? []).Select(a => Grid.Axis(a, x.Rank)).ToArray();
        if (axes.Length == 0 && call.Int("noop_with_empty_axes", 0) == 0) axes = [.. Enumerable.Range(0, x.Rank)];
        return [Over(x, axes, keep, f)];
    }

    public static Float64Tensor Over(Float64Tensor x, int[] axes, bool keep, Func<double[], double> f)
    {
        var strides = Grid.Strides(x.Dims);
        var kept = Enumerable.Range(0, x.Rank).Except(axes).ToArray();
        var reduced = axes.Order().ToArray();
        var outer = Grid.Offsets([.. kept.Select(a => x.Dims[a])], [.. kept.Select(a => strides[a])]);
        var inner = Grid.Offsets([.. reduced.Select(a => x.Dims[a])], [.. reduced.Select(a => strides[a])]);
        var y = new double[outer.Length];
        var part = new double[inner.Length];
        for (var i = 0; i < y.Length; i++)
        {
            for (var j = 0; j < part.Length; j++) part[j] = x.Values[outer[i] + inner[j]];
            y[i] = f(part);
        }

        long[] dims = keep ? [.. x.Dims.Select((d, a) => axes.Contains(a) ? 1 : d)] : [.. kept.Select(a => x.Dims[a])];
        return new(x.Type, dims, y);
    }

    /// <summary>The index of the best element along an axis; the first of equal ones, or the last when select_last_index says so.</summary>
    public static Float64Tensor[] Best(OpCall call, Func<double, double, bool> better)
    {
        var (x, last) = (call[0], call.Int("select_last_index", 0) == 1);
        var found = Over(x, [call.Axis("axis", 0, x.Rank)], call.Int("keepdims", 1) == 1, row =>
        {
            var best = 0;
            for (var i = 1; i < row.Length; i++)
                if (better(row[i], row[best]) || (last && row[i] == row[best])) best = i;
            return best;
        });
        return [new(ElementType.Int64, found.Dims, found.Values)];
    }
}
