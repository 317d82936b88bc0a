namespace OnnxAudit.Tests.Oracles;

/// <summary>
/// How a window slides over the spatial axes of [N, C, D1, …, Dr]: for every tap of the kernel and every output position, which input position it meets.
/// </summary>
internal sealed class Window
{
    /// <summary>Marks a tap that lies in the padding.</summary>
    public const int Outside = -1;

    /// <summary>Marks a tap that lies beyond the padding, as ceil_mode makes them.</summary>
    public const int Beyond = -2;

    private Window(long[] input, long[] output, long[] kernel, long[] strides, long[] dilations, long[] before, long[] after)
    {
        (Input, Output, Kernel, Strides, Dilations, Before, After) = (input, output, kernel, strides, dilations, before, after);
        Positions = Grid.Count(output);
        Sources = [.. Enumerable.Range(0, Grid.Count(kernel)).Select(Meets)];
    }

    public long[] Input { get; }

    public long[] Output { get; }

    public long[] Kernel { get; }

    public long[] Strides { get; }

    public long[] Dilations { get; }

    /// <summary>Padding at the start of each axis.</summary>
    public long[] Before { get; }

    /// <summary>Padding at the end of each axis.</summary>
    public long[] After { get; }

    /// <summary>Output positions of one channel.</summary>
    public int Positions { get; }

    /// <summary>Sources[tap][position] is an offset into one channel of the input, or negative: <see cref="Outside"/>, <see cref="Beyond"/>.</summary>
    public int[][] Sources { get; }

    /// <summary>The window of a Conv or pool node.</summary>
    public static Window Of(OpCall call, long[] input, long[] kernel)
    {
        var rank = kernel.Length;
        var (strides, dilations) = (call.Ints("strides") ?? Ones(rank), call.Ints("dilations") ?? Ones(rank));
        var (ceil, auto) = (call.Int("ceil_mode", 0) == 1, call.Text("auto_pad", "NOTSET"));
        var pads = call.Ints("pads") ?? new long[2 * rank];
        var (before, after, output) = (pads[..rank], pads[rank..], new long[rank]);
        for (var i = 0; i < rank; i++)
        {
            var reach = (kernel[i] - 1) * dilations[i] + 1;
            if (auto is "SAME_UPPER" or "SAME_LOWER")
            {
                output[i] = (input[i] + strides[i] - 1) / strides[i];
                var total = Math.Max(0, (output[i] - 1) * strides[i] + reach - input[i]);
                before[i] = auto == "SAME_UPPER" ? total / 2 : total - total / 2;
                after[i] = total - before[i];
                continue;
            }

            if (auto == "VALID") before[i] = after[i] = 0;
            var room = input[i] + before[i] + after[i] - reach;
            output[i] = (ceil ? room + strides[i] - 1 : room) / strides[i] + 1;
            // A window that would start in the padding at the end is left out.
            if (ceil && (output[i] - 1) * strides[i] >= input[i] + before[i]) output[i]--;
        }

        return new Window(input, output, kernel, strides, dilations, before, after);
    }

    /// <summary>A window whose every number is given.</summary>
    public static Window Of(long[] input, long[] output, long[] kernel, long[] strides, long[] dilations, long[] before) =>
        new(input, output, kernel, strides, dilations, before, new long[before.Length]);

    public static long[] Ones(int rank) => [.. Enumerable.Repeat(1L, rank)];

    private int[] Meets(int tap)
    {
        var rank = Kernel.Length;
        var inputStrides = Grid.Strides(Input);
        var at = new int[Positions];
        var (k, o) = (new long[rank], new long[rank]);
        Unravel(tap, Kernel, k);
        for (var p = 0; p < at.Length; p++)
        {
            Unravel(p, Output, o);
            for (var i = 0; i < rank; i++)
            {
                var x = o[i] * Strides[i] - Before[i] + k[i] * Dilations[i];
                if (x >= Input[i] + After[i]) at[p] = Beyond;
                else if ((x < 0 || x >= Input[i]) && at[p] != Beyond) at[p] = Outside;
                else if (at[p] >= 0) at[p] += (int)x * inputStrides[i];
            }
        }

        return at;
    }

    /// <summary>The index that lies at an offset in C order.</summary>
    public static void Unravel(long offset, long[] dims, long[] index)
    {
        for (var i = dims.Length - 1; i >= 0; i--)
        {
            index[i] = offset % dims[i];
            offset /= dims[i];
        }
    }
}
