using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Rules;

/// <summary>An input [N,C,space] seen through each offset of a window: what tap k reads at every output position is one strided slice.</summary>
internal static class Taps
{
    /// <summary>Every offset of a kernel, last axis fastest, as its weights lie in memory.</summary>
    internal static IEnumerable<long[]> Offsets(long[] kernel)
    {
        var offset = new long[kernel.Length];
        while (true)
        {
            yield return [.. offset];
            var i = kernel.Length - 1;
            while (i >= 0 && ++offset[i] == kernel[i]) offset[i--] = 0;
            if (i < 0) yield break;
        }
    }

    /// <summary>x with zeros around it where the window asks for them.</summary>
    internal static Value Padded(Emitter emit, Value x, Window window)
    {
        if (window.Pads.All(p => p == 0)) return x;
        return emit.Add("Pad", [x, emit.Ints([0, 0, .. window.Before, 0, 0, .. window.After]), emit.Scalar(0, x)], NodeAttribute.Of("mode", "constant"));
    }

    /// <summary>What the tap at <paramref name="offset"/> reads for each of <paramref name="outputs"/> positions, [N,C,outputs].</summary>
    internal static Value Shifted(Emitter emit, Value padded, Window window, long[] outputs, long[] offset)
    {
        var rank = offset.Length;
        var (starts, ends, axes) = (new long[rank], new long[rank], new long[rank]);
        for (var i = 0; i < rank; i++)
        {
            axes[i] = i + 2;
            starts[i] = offset[i] * window.Dilations[i];
            ends[i] = starts[i] + (outputs[i] - 1) * window.Strides[i] + 1;
        }

        return emit.Add("Slice", [padded, emit.Ints(starts), emit.Ints(ends), emit.Ints(axes), emit.Ints(window.Strides)]);
    }
}
