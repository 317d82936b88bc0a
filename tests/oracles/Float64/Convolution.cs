using System.Numerics.Tensors;

namespace OnnxAudit.Tests.Oracles;

/// <summary>Conv and ConvTranspose over any number of spatial axes.</summary>
internal static class Convolution
{
    // Y[n,m,o] = B[m] + Σ_c Σ_k W[m,c,k] · X[n, group·C + c, o·stride − pad + k·dilation]
    public static Float64Tensor[] Conv(OpCall call)
    {
        var (x, w, b) = (call[0], call[1], call.Optional(2));
        var group = (int)call.Int("group", 1);
        var (maps, channels) = ((int)w.Dims[0], (int)w.Dims[1]);
        if (x.Dims[1] != channels * group || maps % group != 0) throw new ArgumentException($"{x} by {w} in {group} groups");
        var window = Window.Of(call, x.Dims[2..], w.Dims[2..]);
        var (positions, length) = (window.Positions, channels * window.Sources.Length);
        var y = new double[x.Dims[0] * maps * positions];
        for (var n = 0; n < x.Dims[0]; n++)
        {
            var patches = Patches(x, n, window);
            Parallel.For(0, maps, m =>
            {
                var from = m / (maps / group) * length;
                for (var o = 0; o < positions; o++)
                    y[(n * maps + m) * positions + o] = (b?.Values[m] ?? 0)
                        + TensorPrimitives.Dot(w.Values.AsSpan(m * length, length), patches.AsSpan(o * group * length + from, length));
            });
        }

        return [new(x.Type, [x.Dims[0], maps, .. window.Output], y)];
    }

    // The input of ConvTranspose is where a Conv's output would be: Y[n,m, i·stride − pad + k·dilation] += X[n,c,i] · W[c,m,k]
    public static Float64Tensor[] ConvTranspose(OpCall call)
    {
        var (x, w, b) = (call[0], call[1], call.Optional(2));
        var group = (int)call.Int("group", 1);
        var (maps, channels) = ((int)w.Dims[1] * group, (int)x.Dims[1] / group);
        if (w.Dims[0] != x.Dims[1]) throw new ArgumentException($"{x} by {w} in {group} groups");
        var window = Transposed(call, x.Dims[2..], w.Dims[2..]);
        var (pixels, positions, taps, inGroup) = (Grid.Count(window.Input), window.Positions, window.Sources.Length, (int)w.Dims[1]);
        var y = new double[x.Dims[0] * maps * pixels];
        var filters = Products.Transposed(w.Values, (int)w.Dims[0], inGroup * taps);
        for (var n = 0; n < x.Dims[0]; n++)
        {
            var columns = Products.Transposed(x.Values.AsSpan(n * group * channels * positions, group * channels * positions), group * channels, positions);
            Parallel.For(0, maps, m =>
            {
                var to = y.AsSpan((n * maps + m) * pixels, pixels);
                to.Fill(b?.Values[m] ?? 0);
                var first = m / inGroup * channels;
                for (var tap = 0; tap < taps; tap++)
                {
                    var filter = filters.AsSpan((m % inGroup * taps + tap) * group * channels + first, channels);
                    for (var o = 0; o < positions; o++)
                        if (window.Sources[tap][o] is >= 0 and var at)
                            to[at] += TensorPrimitives.Dot(filter, columns.AsSpan(o * group * channels + first, channels));
                }
            });
        }

        return [new(x.Type, [x.Dims[0], maps, .. window.Input], y)];
    }

    // X [N, C·taps, L] is summed back into images: Y[n,c, l·stride − pad + k·dilation] += X[n, c·taps + k, l]
    public static Float64Tensor[] Col2Im(OpCall call)
    {
        var (x, image, block) = (call[0], call[1].Longs(), call[2].Longs());
        var rank = image.Length;
        var (strides, dilations) = (call.Ints("strides") ?? Window.Ones(rank), call.Ints("dilations") ?? Window.Ones(rank));
        var pads = call.Ints("pads") ?? new long[2 * rank];
        long[] output = [.. image.Select((d, i) => (d + pads[i] + pads[i + rank] - (block[i] - 1) * dilations[i] - 1) / strides[i] + 1)];
        var window = Window.Of(image, output, block, strides, dilations, pads[..rank]);
        var (taps, pixels, channels) = (window.Sources.Length, Grid.Count(image), (int)x.Dims[1] / window.Sources.Length);
        var y = new double[x.Dims[0] * channels * pixels];
        for (var c = 0; c < x.Dims[0] * channels; c++)
            for (var tap = 0; tap < taps; tap++)
                for (var l = 0; l < window.Positions; l++)
                    if (window.Sources[tap][l] is >= 0 and var at) y[c * pixels + at] += x.Values[(c * taps + tap) * window.Positions + l];
        return [new(x.Type, [x.Dims[0], channels, .. image], y)];
    }

    // For every output position of image n, what its window meets: [position, channel, tap], 0 in the padding.
    private static double[] Patches(Float64Tensor x, int n, Window window)
    {
        var (channels, pixels, taps) = ((int)x.Dims[1], Grid.Count(window.Input), window.Sources.Length);
        var patches = new double[window.Positions * channels * taps];
        Parallel.For(0, window.Positions, o =>
        {
            for (var c = 0; c < channels; c++)
                for (var tap = 0; tap < taps; tap++)
                    if (window.Sources[tap][o] is >= 0 and var at) patches[(o * channels + c) * taps + tap] = x.Values[(n * channels + c) * pixels + at];
        });
        return patches;
    }

    private static Window Transposed(OpCall call, long[] input, long[] kernel)
    {
        var rank = kernel.Length;
        var (strides, dilations) = (call.Ints("strides") ?? Window.Ones(rank), call.Ints("dilations") ?? Window.Ones(rank));
        var extra = call.Ints("output_padding") ?? new long[rank];
        var (auto, wanted) = (call.Text("auto_pad", "NOTSET"), call.Ints("output_shape"));
        var pads = call.Ints("pads") ?? new long[2 * rank];
        var (before, after, output) = (pads[..rank], pads[rank..], new long[rank]);
        for (var i = 0; i < rank; i++)
        {
            var full = strides[i] * (input[i] - 1) + extra[i] + (kernel[i] - 1) * dilations[i] + 1;
            var same = auto is "SAME_UPPER" or "SAME_LOWER";
            if (wanted is not null || same)
            {
                output[i] = wanted is not null ? wanted[i + wanted.Length - rank] : input[i] * strides[i];
                var total = Math.Max(0, full - output[i]);
                before[i] = auto == "SAME_UPPER" ? total / 2 : total - total / 2;
                after[i] = total - before[i];
            }
            else
            {
                if (auto == "VALID") before[i] = after[i] = 0;
                output[i] = full - before[i] - after[i];
            }
        }

        return Window.Of(output, input, kernel, strides, dilations, before);
    }
}
