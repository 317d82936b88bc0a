using OnnxAudit.Gradients.Rules;
using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Wide;

/// <summary>Convolutions and averages over windows by slices, sums and matrix products. The batch stays a free dimension.</summary>
internal static class WideWindows
{
    /// <summary>Y [N,g,K/g,PQ] = W [g,K/g,C/g·RS] · columns [N,g,C/g·RS,PQ].</summary>
    internal static Value[] Conv(WideNode node)
    {
        var (e, x, weight) = (node.Emit, node.Inputs[0]!, node.Inputs[1]!);
        long[] dims = [.. Enumerable.Range(0, e.RankOf(weight)).Select(axis => e.SizeOf(weight, axis))];
        var (walk, outputs, groups) = (node.Walk(dims[2..]), node.OutputSizes, node.Node.Int("group", 1));
        var padded = Taps.Padded(e, x, walk);
        Value?[] taps = [.. Taps.Offsets(dims[2..]).Select(offset => Unsqueezed(e, Taps.Shifted(e, padded, walk, outputs, offset)))];
        var columns = taps.Length == 1 ? taps[0]! : e.Add("Concat", taps, NodeAttribute.Of("axis", 2L));
        var length = dims[1..].Aggregate(1L, (a, b) => a * b);
        var product = e.Add("MatMul", [e.Reshape(weight, groups, dims[0] / groups, length), e.Reshape(columns, -1, groups, length, Tensor.CountOf(outputs))]);
        var y = e.Reshape(product, [-1, dims[0], .. outputs]);
        return [node.Inputs.ElementAtOrDefault(2) is { } bias ? e.Add(y, e.Reshape(bias, [1, dims[0], .. Ones(outputs.Length)])) : y];
    }

    internal static Value[] GlobalAveragePool(WideNode node) => [node.Emit.ReduceMean(node.Inputs[0]!, [.. node.Emit.AxesFrom(node.Inputs[0]!, 2)], keep: true)];

    internal static Value[] AveragePool(WideNode node)
    {
        var (e, x, kernel) = (node.Emit, node.Inputs[0]!, node.Node.Ints("kernel_shape")!);
        var (walk, outputs) = (node.Walk(kernel), node.OutputSizes);
        // With ceil_mode a last window reaches beyond the pads; what it finds there counts as nothing.
        var counts = PoolSum.Counts(e, x, node.Node.Outputs[0]!, walk, node.Node.Int("count_include_pad", 0) == 1);
        long Beyond(int i) => (outputs[i] - 1) * walk.Strides[i] + walk.Span(i)!.Value - walk.Before[i] - e.SizeOf(x, i + 2);
        var padded = Taps.Padded(e, x, walk with { After = [.. walk.After.Select((after, i) => Math.Max(after, Beyond(i)))] });
        Value?[] taps = [.. Taps.Offsets(kernel).Select(offset => Taps.Shifted(e, padded, walk, outputs, offset))];
        var sum = taps.Length == 1 ? taps[0]! : e.Add("Sum", taps);
        return [e.Mul(sum, e.Constant([.. counts.Select(c => 1 / c)], sum, [1, 1, .. outputs]))];
    }

    private static Value Unsqueezed(Emitter e, Value tap) => e.Add("Unsqueeze", [tap, e.Ints(2)]);

    private static long[] Ones(int count) => [.. Enumerable.Repeat(1L, count)];
}
