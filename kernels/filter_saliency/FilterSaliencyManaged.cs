using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace OnnxAudit.Kernels;

/// <summary>
/// The managed form of the filter saliency kernel (filter_saliency.md). Works on any processor.
/// Tolerance against the scalar form: float32 dot products along the output's width, float64 from there.
/// </summary>
internal static unsafe class FilterSaliencyManaged
{
    /// <summary>Runs the kernel. Returns 0 or an error code of the C header.</summary>
    public static int Run(FilterSaliencyArguments* a)
    {
        var code = Check(a);
        if (code != 0) return code;
        a->Form = 0;
        long channels = a->Channels / a->Groups, filters = a->Filters / a->Groups, input = a->Input.Volume, outputs = a->Output.Volume;
        for (long n = 0; n < a->Samples; n++)
        {
            for (var filter = a->FirstFilter; filter < a->LastFilter; filter++)
            {
                var x = a->X + n * a->InputStride + filter / filters * channels * input;
                var gradient = a->Gradient + n * a->GradientStride + filter * outputs;
                Store(a, n, filter, Sum(a, x, gradient, channels));
            }
        }

        return 0;
    }

    /// <summary>0 or the first error of the arguments of a form that needs no workspace, before any result is written.</summary>
    public static int Check(FilterSaliencyArguments* a)
    {
        if (a == null) return 1;
        if (!ShapeIsGood(a)) return 2;
        a->WorkspaceNeeded = 0;
        if (a->WorkspaceLength < 0) return 4;
        if (a->Samples == 0 || a->FirstFilter == a->LastFilter) return 0;
        return a->X == null || a->Result == null || (a->Gradient == null && a->Output.Volume > 0) ? 1 : 0;
    }

    private static bool ShapeIsGood(FilterSaliencyArguments* a)
    {
        if (a->Samples < 0 || a->Channels < 1 || a->Filters < 1 || a->Groups < 1 || a->Channels > int.MaxValue || a->Filters > int.MaxValue
            || a->Channels % a->Groups != 0 || a->Filters % a->Groups != 0) return false;
        if (!InRange(a->Input, 1) || !InRange(a->Output, 0) || !InRange(a->Kernel, 1) || !InRange(a->Stride, 1) || !InRange(a->Dilation, 1)
            || !InRange(a->Pad, 0)) return false;
        if (!Fits(a->Input, a->Channels) || !Fits(a->Output, a->Filters) || !Fits(a->Kernel, a->Channels / a->Groups)) return false;
        return a->FirstFilter >= 0 && a->FirstFilter <= a->LastFilter && a->LastFilter <= a->Filters
            && a->InputStride >= a->Channels * a->Input.Volume && a->GradientStride >= a->Filters * a->Output.Volume && a->ResultStride >= a->Filters
            && a->Mode is >= (long)FilterAggregate.MeanAbs and <= (long)FilterAggregate.SignedMean;
    }

    private static bool InRange(in Extent e, long least) => e.Depth >= least && e.Height >= least && e.Width >= least
        && e.Depth <= int.MaxValue && e.Height <= int.MaxValue && e.Width <= int.MaxValue;

    private static bool Fits(in Extent e, long factor) =>
        e.Height * e.Width <= int.MaxValue && e.Volume is >= 0 and <= int.MaxValue && factor * e.Volume <= int.MaxValue;

    private static void Store(FilterSaliencyArguments* a, long sample, long filter, double sum)
    {
        var scaled = sum / (a->Channels / a->Groups * a->Kernel.Volume) * (a->Scale == null ? 1.0 : a->Scale[filter]);
        a->Result[sample * a->ResultStride + filter] = (float)(a->Mode == (long)FilterAggregate.SignedMean ? scaled : Math.Abs(scaled));
    }

    private static double Sum(FilterSaliencyArguments* a, float* x, float* gradient, long channels)
    {
        double sum = 0;
        for (long c = 0; c < channels; c++, x += a->Input.Volume)
        {
            for (long d = 0; d < a->Kernel.Depth; d++)
            {
                for (long h = 0; h < a->Kernel.Height; h++)
                {
                    for (long w = 0; w < a->Kernel.Width; w++)
                    {
                        var one = WeightGradient(a, x, gradient, d, h, w);
                        sum += a->Mode == (long)FilterAggregate.MeanAbs ? Math.Abs(one) : one;
                    }
                }
            }
        }

        return sum;
    }

    private static double WeightGradient(FilterSaliencyArguments* a, float* x, float* gradient, long d, long h, long w)
    {
        var (firstD, lastD) = Inside(a->Output.Depth, a->Stride.Depth, d * a->Dilation.Depth - a->Pad.Depth, a->Input.Depth);
        var (firstH, lastH) = Inside(a->Output.Height, a->Stride.Height, h * a->Dilation.Height - a->Pad.Height, a->Input.Height);
        var shift = w * a->Dilation.Width - a->Pad.Width;
        var (firstW, lastW) = Inside(a->Output.Width, a->Stride.Width, shift, a->Input.Width);
        if (firstW >= lastW) return 0;
        double sum = 0;
        for (var o = firstD; o < lastD; o++)
        {
            var plane = (o * a->Stride.Depth + d * a->Dilation.Depth - a->Pad.Depth) * a->Input.Height;
            for (var p = firstH; p < lastH; p++)
            {
                var row = x + (plane + p * a->Stride.Height + h * a->Dilation.Height - a->Pad.Height) * a->Input.Width + firstW * a->Stride.Width + shift;
                sum += RowProduct(gradient + (o * a->Output.Height + p) * a->Output.Width + firstW, row, (int)(lastW - firstW), a->Stride.Width);
            }
        }

        return sum;
    }

    private static double RowProduct(float* gradient, float* x, int count, long stride)
    {
        if (stride == 1)
            return TensorPrimitives.Dot(MemoryMarshal.CreateReadOnlySpan(ref *gradient, count), MemoryMarshal.CreateReadOnlySpan(ref *x, count));
        double sum = 0;
        for (var i = 0; i < count; i++) sum += (double)gradient[i] * x[i * stride];
        return sum;
    }

    // The outputs o in [0,outputs) whose input o·stride + shift lies in [0,inputs).
    private static (long First, long Last) Inside(long outputs, long stride, long shift, long inputs)
    {
        var first = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
        var last = inputs <= shift ? 0 : (inputs - shift - 1) / stride + 1;
        return (first, Math.Min(outputs, last));
    }
}
