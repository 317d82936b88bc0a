namespace OnnxAudit.Kernels;

/// <summary>
/// The managed form of the filter saliency kernel (filter_saliency.md): boxes of outputs, panels of filters, tiles of weights. Works on any processor.
/// Tolerance against the scalar form: float32 sums of at most 288 products, then of the boxes.
/// </summary>
internal static unsafe class FilterSaliencyManaged
{
    // Absolute sums of this many weights are added up in float32.
    private const long WeightsPerSum = 192;

    /// <summary>Runs the kernel. Returns 0 or an error code of the C header.</summary>
    public static int Run(FilterSaliencyArguments* a)
    {
        if (a == null) return 1;
        if (!ShapeIsGood(a) || !FilterSaliencyPlan.TryMake(a, out var p)) return 2;
        var code = CheckMemory(a, p.Needed);
        if (code != 0) return code;
        a->Form = 0;
        if (IsEmpty(a)) return 0;
        var start = (float*)(((nuint)a->Workspace + 63) & ~(nuint)63);
        if (p.Closed) FilterSaliencyClosed.Run(a, p, start);
        else Walk(a, p, start);
        return 0;
    }

    /// <summary>0 or the first error of the arguments of a form that needs no workspace, before any result is written.</summary>
    public static int Check(FilterSaliencyArguments* a) => a == null ? 1 : ShapeIsGood(a) ? CheckMemory(a, 0) : 2;

    /// <summary>The result of a filter from its sum over the weights: of |gradient| for the mean of absolutes, else of the gradient.</summary>
    public static void Store(FilterSaliencyArguments* a, long sample, long filter, double sum)
    {
        var scaled = sum / (a->Channels / a->Groups * a->Kernel.Volume) * (a->Scale == null ? 1.0 : a->Scale[filter]);
        a->Result[sample * a->ResultStride + filter] = (float)(a->Mode == (long)FilterAggregate.SignedMean ? scaled : Math.Abs(scaled));
    }

    private static int CheckMemory(FilterSaliencyArguments* a, long needed)
    {
        a->WorkspaceNeeded = needed;
        if (a->WorkspaceLength < needed) return 4;
        if (IsEmpty(a)) return 0;
        return a->X == null || a->Result == null || (a->Gradient == null && a->Output.Volume > 0) || (a->Workspace == null && needed > 0) ? 1 : 0;
    }

    private static bool IsEmpty(FilterSaliencyArguments* a) => a->Samples == 0 || a->FirstFilter == a->LastFilter;

    private static bool ShapeIsGood(FilterSaliencyArguments* a)
    {
        if (a->Samples < 0 || a->Channels < 1 || a->Filters < 1 || a->Groups < 1 || a->Channels > int.MaxValue || a->Filters > int.MaxValue
            || a->Channels % a->Groups != 0 || a->Filters % a->Groups != 0) return false;
        if (!FilterSaliencyPlan.InRange(a->Input, 1) || !FilterSaliencyPlan.InRange(a->Output, 0) || !FilterSaliencyPlan.InRange(a->Kernel, 1)
            || !FilterSaliencyPlan.InRange(a->Stride, 1) || !FilterSaliencyPlan.InRange(a->Dilation, 1) || !FilterSaliencyPlan.InRange(a->Pad, 0)) return false;
        if (!FilterSaliencyPlan.Fits(a->Input, a->Channels) || !FilterSaliencyPlan.Fits(a->Output, a->Filters)
            || !FilterSaliencyPlan.Fits(a->Kernel, a->Channels / a->Groups)) return false;
        return a->FirstFilter >= 0 && a->FirstFilter <= a->LastFilter && a->LastFilter <= a->Filters
            && a->InputStride >= a->Channels * a->Input.Volume && a->GradientStride >= a->Filters * a->Output.Volume && a->ResultStride >= a->Filters
            && a->Mode is >= (long)FilterAggregate.MeanAbs and <= (long)FilterAggregate.SignedMean;
    }

    private static void Walk(FilterSaliencyArguments* a, in FilterSaliencyPlan p, float* start)
    {
        FilterSaliencyInput.WriteOffsets(a, p, (int*)start, (int*)(start + p.AtWeights));
        for (long n = 0; n < a->Samples; n++)
        {
            for (var g = a->FirstFilter / p.Filters; g * p.Filters < a->LastFilter; g++)
            {
                var last = Math.Min((g + 1) * p.Filters, a->LastFilter);
                for (var first = Math.Max(g * p.Filters, a->FirstFilter); first < last; first += p.Together)
                    Boxes(a, p, start, n, first, Math.Min(first + p.Together, last));
            }
        }
    }

    private static void Boxes(FilterSaliencyArguments* a, in FilterSaliencyPlan p, float* start, long sample, long first, long last)
    {
        var x = a->X + sample * a->InputStride + first / p.Filters * p.Channels * a->Input.Volume;
        var (output, box) = (a->Output, p.Box);
        for (long d = 0; d < output.Depth; d += box.Depth)
        {
            for (long h = 0; h < output.Height; h += box.Height)
            {
                for (long w = 0; w < output.Width; w += box.Width)
                {
                    var count = new Extent(Math.Min(box.Depth, output.Depth - d), Math.Min(box.Height, output.Height - h), Math.Min(box.Width, output.Width - w));
                    var from = (d * output.Height + h) * output.Width + w;
                    var tile = new FilterSaliencyTile
                    {
                        Input = FilterSaliencyInput.Of(a, p, x, new Extent(d, h, w), count, start + p.AtInput),
                        Offsets = (int*)start,
                        Rows = count.Depth * count.Height,
                        Width = count.Width,
                        First = from == 0,
                        Last = from + count.Volume == p.Outputs,
                    };
                    Panels(a, p, start, tile, sample, first, last, from);
                }
            }
        }
    }

    private static void Panels(FilterSaliencyArguments* a, in FilterSaliencyPlan p, float* start, FilterSaliencyTile tile, long sample, long first, long last, long from)
    {
        var totals = stackalloc double[FilterSaliencyPlan.PanelFilters];
        for (var k = first; k < last;)
        {
            var taken = p.Dots ? 1 : Math.Min(last - k, FilterSaliencyPlan.PanelFilters);
            tile.Gradient = a->Gradient + sample * a->GradientStride + k * p.Outputs + from;
            if (!p.Dots)
            {
                FilterSaliencyTile.Pack(tile.Gradient, p.Outputs, taken, tile.Rows * tile.Width, start + p.AtPanel);
                tile.Gradient = start + p.AtPanel;
            }

            new Span<double>(totals, FilterSaliencyPlan.PanelFilters).Clear();
            AllWeights(p, start, tile, start + p.AtPartial + (k - first) * p.Weights, totals);
            for (long i = 0; tile.Last && i < taken; i++) Store(a, sample, k + i, totals[i]);
            k += taken;
        }
    }

    private static void AllWeights(in FilterSaliencyPlan p, float* start, FilterSaliencyTile tile, float* partial, double* totals)
    {
        var sums = stackalloc float[FilterSaliencyPlan.PanelFilters];
        new Span<float>(sums, FilterSaliencyPlan.PanelFilters).Clear();
        tile.Sums = sums;
        var (step, filters) = p.Dots ? (FilterSaliencyTile.DotWeights, 1) : (FilterSaliencyTile.PanelWeights, FilterSaliencyPlan.PanelFilters);
        for (long weight = 0; weight < p.Weights; weight += step)
        {
            tile.Weights = (int*)(start + p.AtWeights) + weight;
            tile.Count = Math.Min(step, p.Weights - weight);
            tile.Partial = partial + weight * filters;
            if (p.Dots) tile.Dots();
            else tile.Products();
            if (!tile.Last || ((weight + step) % WeightsPerSum != 0 && weight + step < p.Weights)) continue;
            for (var i = 0; i < filters; i++)
            {
                totals[i] += sums[i];
                sums[i] = 0;
            }
        }
    }
}
