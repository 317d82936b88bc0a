namespace OnnxAudit.Kernels;

/// <summary>The input of a box of outputs, as the managed form reads it (filter_saliency_input.h).</summary>
internal static unsafe class FilterSaliencyInput
{
    /// <summary>Where each output of a box, and each weight, lies in the input of a box: X(output, weight) = input[sum of both].</summary>
    public static void WriteOffsets(FilterSaliencyArguments* a, in FilterSaliencyPlan p, int* outputs, int* weights)
    {
        var step = p.Phases > 1 ? 1 : a->Stride.Width;
        for (long d = 0; d < p.Box.Depth; d++)
        {
            for (long h = 0; h < p.Box.Height; h++)
            {
                for (long w = 0; w < p.Box.Width; w++) *outputs++ = (int)(d * a->Stride.Depth * p.Plane + h * a->Stride.Height * p.Row + w * step);
            }
        }

        for (long c = 0; c < p.Channels; c++)
        {
            for (long tap = 0; tap < a->Kernel.Volume; tap++)
            {
                var at = tap % a->Kernel.Width * a->Dilation.Width;
                *weights++ = (int)(c * p.Channel + tap / (a->Kernel.Height * a->Kernel.Width) * a->Dilation.Depth * p.Plane
                    + tap / a->Kernel.Width % a->Kernel.Height * a->Dilation.Height * p.Row + (p.Phases > 1 ? at % p.Phases * p.Columns + at / p.Phases : at));
            }
        }
    }

    /// <summary>The input of some outputs: a place in X [channels, input], or a copy of it with its padding.</summary>
    public static float* Of(FilterSaliencyArguments* a, in FilterSaliencyPlan p, float* x, Extent at, Extent count, float* copy)
    {
        var first = new Extent(at.Depth * a->Stride.Depth - a->Pad.Depth, at.Height * a->Stride.Height - a->Pad.Height, at.Width * a->Stride.Width - a->Pad.Width);
        if (!p.Copied) return x + first.Depth * p.Plane + first.Height * p.Row + first.Width;
        var part = FilterSaliencyPlan.Reach(a, count);
        for (long c = 0; c < p.Channels; c++)
        {
            for (long d = 0; d < part.Depth; d++)
            {
                for (long h = 0; h < part.Height; h++)
                {
                    var row = copy + c * p.Channel + d * p.Plane + h * p.Row;
                    var (depth, height) = (first.Depth + d, first.Height + h);
                    if (depth < 0 || depth >= a->Input.Depth || height < 0 || height >= a->Input.Height)
                    {
                        new Span<float>(row, (int)p.Row).Clear();
                        continue;
                    }

                    var from = x + ((c * a->Input.Depth + depth) * a->Input.Height + height) * a->Input.Width;
                    for (long phase = 0; phase < p.Phases; phase++)
                        CopyColumns(from, a->Input.Width, first.Width + phase, p.Phases, FilterSaliencyPlan.DivideUp(part.Width - phase, p.Phases), row + phase * p.Columns);
                }
            }
        }

        return copy;
    }

    // Columns first, first + step, … [count] of a row of the input, zero outside of it.
    private static void CopyColumns(float* row, long width, long first, long step, long count, float* to)
    {
        long i = 0;
        for (; i < count && first + i * step < 0; i++) to[i] = 0;
        var end = Math.Min(count, first < width ? FilterSaliencyPlan.DivideUp(width - first, step) : 0);
        for (; i < end; i++) to[i] = row[first + i * step];
        for (; i < count; i++) to[i] = 0;
    }
}
