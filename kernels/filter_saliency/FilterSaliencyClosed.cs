namespace OnnxAudit.Kernels;

/// <summary>The cases in which the sum over the weights can come before the sum over the outputs (filter_saliency_closed.h). Sums are float64.</summary>
internal static unsafe class FilterSaliencyClosed
{
    public static void Run(FilterSaliencyArguments* a, in FilterSaliencyPlan p, float* workspace)
    {
        var byPlace = (double*)workspace;
        var byOutput = byPlace + a->Input.Volume;
        for (long n = 0; n < a->Samples; n++)
        {
            for (var filter = a->FirstFilter; filter < a->LastFilter;)
            {
                var group = filter / p.Filters;
                var end = Math.Min((group + 1) * p.Filters, a->LastFilter);
                var x = a->X + n * a->InputStride + group * p.Channels * a->Input.Volume;
                var only = p.Outputs == 1 ? SumOfOnlyOutput(a, p.Channels, x) : 0;
                if (p.Outputs > 1) SumInput(a, p, x, byPlace, byOutput);
                for (; filter < end; filter++)
                {
                    var gradient = a->Gradient + n * a->GradientStride + filter * p.Outputs;
                    FilterSaliencyManaged.Store(a, n, filter, p.Outputs == 1 ? *gradient * only : Dot(gradient, byOutput, p.Outputs));
                }
            }
        }
    }

    // X summed over the channels of a group, then over the taps that each output meets.
    private static void SumInput(FilterSaliencyArguments* a, in FilterSaliencyPlan p, float* x, double* byPlace, double* byOutput)
    {
        var volume = a->Input.Volume;
        for (long i = 0; i < volume; i++) byPlace[i] = x[i];
        for (long c = 1; c < p.Channels; c++)
        {
            for (long i = 0; i < volume; i++) byPlace[i] += x[c * volume + i];
        }

        for (long i = 0; i < p.Outputs; i++) byOutput[i] = 0;
        for (long tap = 0; tap < a->Kernel.Volume; tap++)
        {
            var shift = Shift(a, tap);
            var (firstD, lastD) = Inside(a->Output.Depth, a->Stride.Depth, shift.Depth, a->Input.Depth);
            var (firstH, lastH) = Inside(a->Output.Height, a->Stride.Height, shift.Height, a->Input.Height);
            var (firstW, lastW) = Inside(a->Output.Width, a->Stride.Width, shift.Width, a->Input.Width);
            for (var d = firstD; d < lastD; d++)
            {
                for (var h = firstH; h < lastH; h++)
                {
                    var to = byOutput + (d * a->Output.Height + h) * a->Output.Width;
                    var from = byPlace + ((d * a->Stride.Depth + shift.Depth) * a->Input.Height + h * a->Stride.Height + shift.Height) * a->Input.Width;
                    for (var w = firstW; w < lastW; w++) to[w] += from[w * a->Stride.Width + shift.Width];
                }
            }
        }
    }

    private static double SumOfOnlyOutput(FilterSaliencyArguments* a, long channels, float* x)
    {
        double sum = 0;
        for (long c = 0; c < channels; c++, x += a->Input.Volume)
        {
            for (long tap = 0; tap < a->Kernel.Volume; tap++)
            {
                var (d, h, w) = Shift(a, tap);
                if (d < 0 || d >= a->Input.Depth || h < 0 || h >= a->Input.Height || w < 0 || w >= a->Input.Width) continue;
                double value = x[(d * a->Input.Height + h) * a->Input.Width + w];
                sum += a->Mode == (long)FilterAggregate.MeanAbs ? Math.Abs(value) : value;
            }
        }

        return sum;
    }

    // Where the first output meets the input under a tap.
    private static Extent Shift(FilterSaliencyArguments* a, long tap) => new(
        tap / (a->Kernel.Height * a->Kernel.Width) * a->Dilation.Depth - a->Pad.Depth,
        tap / a->Kernel.Width % a->Kernel.Height * a->Dilation.Height - a->Pad.Height,
        tap % a->Kernel.Width * a->Dilation.Width - a->Pad.Width);

    // The outputs o in [0,outputs) whose input o·stride + shift lies in [0,inputs).
    private static (long First, long Last) Inside(long outputs, long stride, long shift, long inputs)
    {
        var first = shift >= 0 ? 0 : FilterSaliencyPlan.DivideUp(-shift, stride);
        var last = inputs <= shift ? 0 : (inputs - shift - 1) / stride + 1;
        return (first, Math.Min(outputs, last));
    }

    private static double Dot(float* gradient, double* sums, long count)
    {
        double sum = 0;
        for (long i = 0; i < count; i++) sum += gradient[i] * sums[i];
        return sum;
    }
}
