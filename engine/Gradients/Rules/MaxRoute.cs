using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>
/// The gradient of a max-pool over known sizes without its Indices output, which some providers lack: axis by axis, each window's gradient goes to the first
/// element that equals the maximum, the first row that holds it and in that row its first column, which is the first in row-major order. A maximum is one
/// of the elements, bit by bit, so equality finds it.
/// </summary>
internal static class MaxRoute
{
    /// <summary>dX, shaped like <paramref name="x"/>. y: the pool's output.</summary>
    internal static Value Back(Emitter emit, Value x, Value y, Value dy, Window window)
    {
        // levels[i] is pooled over the axes from i on; padded[i] is what level i pools over axis i, padding included.
        var (rank, inputs, outputs) = (window.Rank, SpaceOf(emit, x), SpaceOf(emit, y));
        var (levels, padded) = (new Value[rank + 1], new Value[rank]);
        levels[rank] = emit.Reshape(x, [-1, 1, .. inputs]);
        for (var axis = rank - 1; axis >= 0; axis--)
        {
            padded[axis] = Padded(emit, levels[axis + 1], window, axis, inputs[axis], outputs[axis]);
            levels[axis] = axis == 0 ? emit.Reshape(y, [-1, 1, .. outputs]) : Pooled(emit, padded[axis], window, axis);
        }

        var gradient = emit.Reshape(dy, [-1, 1, .. outputs]);
        for (var axis = 0; axis < rank; axis++)
            gradient = Placed(emit, Taps(emit, padded[axis], levels[axis], gradient, window, axis, outputs[axis]), window, axis, inputs[axis], outputs[axis]);
        return emit.ReshapeLike(gradient, x);
    }

    /// <summary>Per tap what goes to it: the whole of a window's gradient at its first maximum, nothing elsewhere.</summary>
    private static Value[] Taps(Emitter emit, Value padded, Value maximum, Value gradient, Window window, int axis, long outputs)
    {
        var taps = new Value[window.Kernel[axis]!.Value];
        var rest = gradient;
        for (var t = 0; t < taps.Length - 1; t++)
        {
            var start = t * window.Dilations[axis];
            var elements = emit.Add("Slice", [padded, emit.Ints(start), emit.Ints(start + (outputs - 1) * window.Strides[axis] + 1), emit.Ints(axis + 2), emit.Ints(window.Strides[axis])]);
            taps[t] = emit.Mul(rest, emit.CastLike(emit.Add("Equal", [elements, maximum]), rest));
            rest = emit.Sub(rest, taps[t]);
        }

        taps[^1] = rest;
        return taps;
    }

    /// <summary>The taps' gradients, each where its element stands, added up: taps that are a stride apart meet in one phase, and the phases interleave.</summary>
    private static Value Placed(Emitter emit, Value[] taps, Window window, int axis, long inputs, long outputs)
    {
        var (stride, dilation) = (window.Strides[axis], window.Dilations[axis]);
        var reach = (taps.Length - 1) * dilation / stride;
        var phases = Enumerable.Range(0, (int)stride).Select(_ => new List<Value?>()).ToArray();
        for (var t = 0; t < taps.Length; t++)
        {
            var (shift, phase) = Math.DivRem(t * dilation, stride);
            phases[phase].Add(Extended(emit, taps[t], axis, shift, reach - shift, 0));
        }

        Value[] sums = [.. phases.Select(p => p.Count switch { 0 => emit.ZerosLike(phases[0][0]!), 1 => p[0]!, _ => emit.Add("Sum", [.. p]) })];
        var all = sums[0];
        var length = (outputs + reach) * stride;
        if (stride > 1)
        {
            var space = SpaceOf(emit, all);
            Value?[] columns = [.. sums.Select(s => emit.Reshape(s, [-1, .. space[..(axis + 1)], 1, .. space[(axis + 1)..]]))];
            all = emit.Reshape(emit.Add("Concat", columns, NodeAttribute.Of("axis", axis + 2L)), [-1, 1, .. space[..axis], length, .. space[(axis + 1)..]]);
        }

        // The padding in front is cut off, and what no window reaches is zero.
        var (from, to) = (window.Before[axis], window.Before[axis] + inputs);
        if (from > 0 || length > to) all = emit.Add("Slice", [all, emit.Ints(from), emit.Ints(Math.Min(to, length)), emit.Ints(axis + 2)]);
        return Extended(emit, all, axis, 0, Math.Max(0, to - length), 0);
    }

    private static Value Pooled(Emitter emit, Value padded, Window window, int axis)
    {
        long[] Along(long at) => [.. Enumerable.Range(0, window.Rank).Select(i => i == axis ? at : 1)];
        return emit.Add("MaxPool", [padded], NodeAttribute.Of("kernel_shape", Along(window.Kernel[axis]!.Value)), NodeAttribute.Of("strides", Along(window.Strides[axis])),
            NodeAttribute.Of("dilations", Along(window.Dilations[axis])));
    }

    // As far as the last window reads, with what no element is below.
    private static Value Padded(Emitter emit, Value level, Window window, int axis, long inputs, long outputs)
    {
        var read = (outputs - 1) * window.Strides[axis] + window.Span(axis)!.Value;
        var lowest = emit.ElementOf(level) switch { ElementType.Float16 => (double)Half.MinValue, ElementType.Double => double.MinValue, _ => float.MinValue };
        return Extended(emit, level, axis, window.Before[axis], Math.Max(0, read - window.Before[axis] - inputs), lowest);
    }

    private static Value Extended(Emitter emit, Value value, int axis, long before, long after, double with)
    {
        if (before == 0 && after == 0) return value;
        var pads = new long[2 * emit.RankOf(value)];
        (pads[axis + 2], pads[pads.Length / 2 + axis + 2]) = (before, after);
        return emit.Add("Pad", [value, emit.Ints(pads), emit.Scalar(with, value)]);
    }

    private static long[] SpaceOf(Emitter emit, Value value) => [.. emit.AxesFrom(value, 2).Select(axis => emit.SizeOf(value, (int)axis))];
}
