using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>
/// Convolution, plain and transposed: each is the other's data gradient, and a weight gradient is a convolution with the batch as channels. Weights are
/// turned by nodes, never copied turned: the runtime folds these into constants, and overridden or differentiated weights stay right.
/// </summary>
internal static class Convolution
{
    internal static Gradient[] Conv(NodeGradient g)
    {
        var (emit, x, w, group) = (g.Emit, g.In(0), g.In(1), g.Node.Int("group", 1));
        var window = Window.Of(g, x, Kernel(g));
        var unread = window.Unread(emit, x);
        return
        [
            g.For(0, () => TakesConv(emit, x, g.Output, window) ? Flipped(emit, g.Output, w, window, group) : Transposed(emit, g.Output, w, x, window, unread, group)),
            g.For(1, () => WeightGradient(emit, x, g.Output, w, window, unread, group)),
            .. Bias(g),
        ];
    }

    internal static Gradient[] ConvTranspose(NodeGradient g)
    {
        var (emit, x, w, group) = (g.Emit, g.In(0), g.In(1), g.Node.Int("group", 1));
        var (window, beyond) = Window.OfTransposed(g, x, Kernel(g));
        return [g.For(0, Data), g.For(1, () => WeightGradient(emit, g.Output, x, w, window, [.. beyond.Select(b => (long?)b)], group)), .. Bias(g)];

        Value Data()
        {
            var (after, excess) = Shortened(window, [.. beyond.Select(b => (long?)b)]);
            var data = emit.Add("Conv", [g.Output, w], (window with { After = after }).Attributes(group));
            return excess.Where((e, i) => e >= window.Strides[i]).Any() ? Cut(emit, data, x) : data;
        }
    }

    private static Gradient[] Bias(NodeGradient g) =>
        g.Node.Inputs.Count < 3 ? [] : [g.For(2, () => g.Emit.ReduceSum(g.Output, g.Emit.AxesButChannels(g.Output), keep: false))];

    private static long?[] Kernel(NodeGradient g) =>
        g.Node.Ints("kernel_shape") is { } sizes ? [.. sizes.Select(s => (long?)s)] : [.. g.Emit.ShapeOf(g.In(1)).Skip(2).Select(d => d.Size)];

    // On ONNX Runtime's CPU provider ConvTranspose takes 1.4 to 2 times as long as the Conv form for full 3×3 kernels, 4 and 9 times for depthwise 3×3 and 7×7,
    // and the same, within 10 %, for 1×1 kernels and 4×4 pictures (`tests/bench -- gradients`). Conv stays ahead where the input is up to 25 times its output,
    // but for very few channels (LeNet-5's 6: 0.4); beyond that (a weight gradient, differentiated again, has kernels as large as the picture) it mostly reads padding.
    private static bool TakesConv(Emitter emit, Value x, Value dy, Window window)
    {
        double ratio = 1;
        for (var i = 0; i < window.Rank; i++)
        {
            if (window.Strides[i] != 1 || window.Span(i) is not { } span || Math.Max(window.Before[i], window.After[i]) >= span) return false;
            if (emit.ShapeOf(x)[2 + i].Size is { } size && emit.ShapeOf(dy)[2 + i].Size is { } output) ratio *= (double)size / output;
        }

        return ratio <= 32;
    }

    // dX = dY ⋆ W turned around, with the channels exchanged: stride 1 only.
    private static Value Flipped(Emitter emit, Value dy, Value w, Window window, long group)
    {
        var turn = Enumerable.Range(0, window.Rank).Where(i => window.Kernel[i] != 1).ToArray();
        var turned = Exchanged(emit, w, group);
        if (turn.Length > 0)
            turned = emit.Add("Slice", [turned, emit.Ints([.. turn.Select(_ => -1L)]), emit.Ints([.. turn.Select(i => -window.Kernel[i]!.Value - 1)]),
                emit.Ints([.. turn.Select(i => 2L + i)]), emit.Ints([.. turn.Select(_ => -1L)])]);
        long[] Pads(long[] pads) => [.. pads.Select((p, i) => window.Span(i)!.Value - 1 - p)];
        return emit.Add("Conv", [dy, turned], (window with { Before = Pads(window.Before), After = Pads(window.After) }).Attributes(group));
    }

    // [g·M, C, k] as [g·C, M, k].
    private static Value Exchanged(Emitter emit, Value w, long group)
    {
        var rest = Enumerable.Range(2, emit.RankOf(w) - 2).Select(i => (long)i).ToArray();
        if (group == 1) return emit.Transpose(w, [1, 0, .. rest]);
        var outputs = emit.ShapeOf(w)[0].Size / group;
        var inputs = emit.ShapeOf(w)[1].Size;
        if (outputs == 1 && inputs == 1) return w;
        if (outputs == 1) return emit.ReshapeTo(w, [SizeTerm.Rest, 1, .. emit.From(w, 2)]);
        var split = emit.ReshapeTo(w, [group, outputs ?? SizeTerm.Rest, .. emit.From(w, 1)]);
        var exchanged = emit.Transpose(split, [0, 2, 1, .. rest.Select(i => i + 1)]);
        return emit.ReshapeTo(exchanged, [SizeTerm.Rest, outputs ?? SizeTerm.Along(exchanged, 2), .. emit.From(w, 2)]);
    }

    /// <summary>
    /// dX by a ConvTranspose. The unread end of the input comes back as output_padding; where its length is not known, all that can be is made and cut.
    /// </summary>
    internal static Value Transposed(Emitter emit, Value dy, Value w, Value x, Window window, long?[] unread, long group)
    {
        long[] padding = [.. unread.Select((u, i) => u ?? window.Strides[i] - 1)];
        NodeAttribute[] attributes = [.. window.Attributes(group), .. padding.Any(p => p > 0) ? [NodeAttribute.Of("output_padding", padding)] : Array.Empty<NodeAttribute>()];
        var data = emit.Add("ConvTranspose", [dy, w], attributes);
        return unread.Any(u => u is null) ? Cut(emit, data, x) : data;
    }

    /// <summary>
    /// dW [M, C/g, k] of a convolution of <paramref name="image"/> [N, C, in] whose outputs have gradients <paramref name="gradient"/> [N, M, out]:
    /// a convolution of the image with the gradient as kernel and the batch as channels, strides and dilations exchanged. The group stays a group of the
    /// batch's channels, so N is free.
    /// </summary>
    private static Value WeightGradient(Emitter emit, Value image, Value gradient, Value w, Window window, long?[] unread, long group)
    {
        long[] space = [.. Enumerable.Range(2, window.Rank).Select(i => (long)i)];
        var channels = image;
        if (group > 1) channels = emit.ReshapeTo(image, [SizeTerm.Along(image, 0), group, SizeTerm.Along(w, 1), .. emit.From(image, 2)]);
        channels = group > 1 ? emit.Transpose(channels, [2, 1, 0, .. space.Select(i => i + 1)]) : emit.Transpose(image, [1, 0, .. space]);
        if (group > 1) channels = emit.ReshapeTo(channels, [SizeTerm.Along(w, 1), SizeTerm.Rest, .. emit.From(image, 2)]);
        var (after, excess) = Shortened(window, unread);
        var walk = new Window(window.Kernel, window.Dilations, window.Strides, window.Before, after);
        var weights = emit.Add("Conv", [channels, emit.Transpose(gradient, [1, 0, .. space])], walk.Attributes(group));
        if (excess.Where((e, i) => e >= window.Dilations[i]).Any()) weights = Cut(emit, weights, w);
        return emit.Transpose(weights, [1, 0, .. space]);
    }

    // End pads without the positions no window reads, and how many of these are left then (at most, where sizes are free).
    private static (long[] After, long[] Excess) Shortened(Window window, long?[] unread)
    {
        long[] after = [.. window.After.Select((a, i) => Math.Max(0, a - (unread[i] ?? 0)))];
        return (after, [.. unread.Select((u, i) => u is { } known ? Math.Max(0, known - window.After[i]) : window.Strides[i] - 1)]);
    }

    // The leading part of a, as large in space as like.
    private static Value Cut(Emitter emit, Value a, Value like)
    {
        var axes = emit.AxesFrom(like, 2);
        return emit.Add("Slice", [a, emit.Ints(new long[axes.Length]), emit.SizesOf(emit.From(like, 2)), emit.Ints(axes)]);
    }
}
