namespace OnnxAudit.Kernels;

/// <summary>How the managed form walks a layer, as filter_saliency_plan.h has it: outputs taken together, whether their input is copied, the workspace.</summary>
internal unsafe struct FilterSaliencyPlan
{
    /// <summary>Filters side by side in the vector registers.</summary>
    public const int PanelFilters = 16;

    private const long BoxOutputs = 288, PartialSums = 131072, CacheLine = 16;

    /// <summary>Channels, filters of one group; weights and outputs of one filter.</summary>
    public long Channels, Filters, Weights, Outputs;

    /// <summary>Sums of X alone come first; few filters a group; the input of a box is copied; one box is everything.</summary>
    public bool Closed, Dots, Copied, Whole;

    /// <summary>Outputs taken together.</summary>
    public Extent Box;

    /// <summary>A copied row is dealt out by column mod phases.</summary>
    public long Phases, Columns;

    /// <summary>Floats from one row, plane, channel to the next in the input of a box.</summary>
    public long Row, Plane, Channel;

    /// <summary>Filters that share one visit of a box.</summary>
    public long Together;

    /// <summary>Floats from the workspace's start; output offsets come first.</summary>
    public long AtWeights, AtPanel, AtInput, AtPartial, Needed;

    /// <summary>False when the input of a box is too large to be addressed.</summary>
    public static bool TryMake(FilterSaliencyArguments* a, out FilterSaliencyPlan p)
    {
        p = default;
        p.Channels = a->Channels / a->Groups;
        p.Filters = a->Filters / a->Groups;
        p.Weights = p.Channels * a->Kernel.Volume;
        p.Outputs = a->Output.Volume;
        p.Closed = p.Outputs <= 1 || a->Mode != (long)FilterAggregate.MeanAbs;
        if (p.Closed)
        {
            p.Needed = p.Outputs <= 1 ? 0 : 2 * (a->Input.Volume + p.Outputs) + 2 * CacheLine;
            return true;
        }

        p.Dots = p.Filters < 8;
        p.Box = ChooseBox(a->Output, p.Dots ? BoxOutputs * Math.Min(a->Output.Width, 8) : BoxOutputs);
        p.Whole = p.Box.Volume == p.Outputs;
        if (!p.TryPlaceInput(a)) return false;
        var panels = DivideUp(p.Filters, PanelFilters);
        if (!p.Whole) panels = Math.Clamp(PartialSums / (PanelFilters * p.Weights), 1, panels);
        p.Together = panels * PanelFilters;
        p.AtWeights = Lines(p.Box.Volume);
        p.AtPanel = p.AtWeights + Lines(p.Weights);
        p.AtInput = p.AtPanel + (p.Dots ? 0 : p.Box.Volume * PanelFilters);
        p.AtPartial = p.AtInput + (p.Copied ? Lines(p.Channels * p.Channel) : 0);
        p.Needed = p.AtPartial + CacheLine + (p.Whole ? 0 : p.Dots ? Lines(p.Filters * p.Weights) : p.Together * p.Weights);
        return true;
    }

    /// <summary>The input that some outputs meet, gaps included.</summary>
    public static Extent Reach(FilterSaliencyArguments* a, Extent outputs) => new(
        Reach(outputs.Depth, a->Stride.Depth, a->Kernel.Depth, a->Dilation.Depth),
        Reach(outputs.Height, a->Stride.Height, a->Kernel.Height, a->Dilation.Height),
        Reach(outputs.Width, a->Stride.Width, a->Kernel.Width, a->Dilation.Width));

    /// <summary>⌈a/b⌉.</summary>
    public static long DivideUp(long a, long b) => (a + b - 1) / b;

    /// <summary>Every size in [least, 2³¹).</summary>
    public static bool InRange(Extent e, long least) => e.Depth >= least && e.Height >= least && e.Width >= least
        && e.Depth <= int.MaxValue && e.Height <= int.MaxValue && e.Width <= int.MaxValue;

    /// <summary>factor · volume below 2³¹, for sizes in range.</summary>
    public static bool Fits(Extent e, long factor) =>
        e.Height * e.Width <= int.MaxValue && e.Depth * (e.Height * e.Width) <= int.MaxValue && factor * e.Volume <= int.MaxValue;

    private static long Lines(long floats) => DivideUp(floats, CacheLine) * CacheLine;

    private static long Reach(long outputs, long stride, long kernel, long dilation) => (outputs - 1) * stride + (kernel - 1) * dilation + 1;

    private static long EvenPart(long whole, long limit) => DivideUp(whole, DivideUp(whole, limit));

    // Boxes are runs of consecutive outputs: a part of a row, rows of a plane, or planes.
    private static Extent ChooseBox(Extent output, long limit)
    {
        var plane = output.Height * output.Width;
        if (output.Width > limit) return new Extent(1, 1, EvenPart(output.Width, limit));
        if (plane > limit) return new Extent(1, EvenPart(output.Height, limit / output.Width), output.Width);
        return plane * output.Depth > limit ? new Extent(EvenPart(output.Depth, limit / plane), output.Height, output.Width) : output;
    }

    private bool TryPlaceInput(FilterSaliencyArguments* a)
    {
        var all = Reach(a, a->Output);
        Phases = Dots ? a->Stride.Width : 1;
        Copied = Phases > 1 || a->Pad != default || all.Depth > a->Input.Depth || all.Height > a->Input.Height || all.Width > a->Input.Width;
        var held = a->Input;
        if (Copied)
        {
            var part = Reach(a, Box);
            if (!InRange(part, 1)) return false;
            Columns = DivideUp(part.Width, Phases);
            held = part with { Width = Phases * Columns };
            if (!InRange(held, 1) || !Fits(held, Channels)) return false;
        }

        Row = held.Width;
        Plane = Row * held.Height;
        Channel = Plane * held.Depth;
        return true;
    }
}
