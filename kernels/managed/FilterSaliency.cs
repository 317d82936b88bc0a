using System.Buffers;

namespace OnnxAudit.Kernels;

/// <summary>
/// Per-sample filter saliency of one convolution or linear layer: result[n,k] = mean over the filter's weights of |∂loss/∂w|, from the layer's input X
/// and its output gradient dY, without forming the gradients. Source: arXiv:2108.01335, eq. 1; kernels/filter_saliency/filter_saliency.md.
/// </summary>
public static class FilterSaliency
{
    // Filters are divided at multiples of this: every form then computes a filter in the same company, whatever the number of threads.
    private const long FilterBlock = 16;

    /// <summary>
    /// Runs a form. x: [N,C,input]; gradient: [N,K,output], of the loss of each sample alone; result: N rows of K, <paramref name="resultStride"/> apart,
    /// what lies between is left alone; scale: [K] a factor per filter, or empty. The same bits for any number of threads ≥ 1. Not finite values reach
    /// the results of their own sample alone. Spans too short, sizes out of range: <see cref="ArgumentException"/>.
    /// </summary>
    public static void Run(FilterSaliencyForm form, in ConvShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> gradient, Span<float> result,
        int resultStride, FilterAggregate mode, ReadOnlySpan<float> scale, int threads) =>
        Run(form, shape, x, gradient, result, resultStride, mode, scale, threads, (count, body) => Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, body));

    /// <summary>The same on the caller's threads: <paramref name="parallel"/> calls a body for 0 to count − 1 on <paramref name="threads"/> threads and waits for all.</summary>
    public static unsafe void Run(FilterSaliencyForm form, in ConvShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> gradient, Span<float> result,
        int resultStride, FilterAggregate mode, ReadOnlySpan<float> scale, int threads, Action<int, Action<int>> parallel)
    {
        Check(shape, x, gradient, result, resultStride, scale);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (form.OnDevice) threads = 1;
        fixed (float* inputs = x, gradients = gradient, results = result, factors = scale)
        {
            var whole = new FilterSaliencyArguments
            {
                Samples = shape.Samples,
                Channels = shape.Channels,
                Filters = shape.Filters,
                Groups = shape.Groups,
                Input = shape.Input,
                Output = shape.Output,
                Kernel = shape.Kernel,
                Stride = shape.Stride,
                Dilation = shape.Dilation,
                Pad = shape.Pad,
                LastFilter = shape.Filters,
                InputStride = shape.Channels * shape.Input.Volume,
                GradientStride = shape.Filters * shape.Output.Volume,
                ResultStride = resultStride,
                Mode = (long)mode,
                X = inputs,
                Gradient = gradients,
                Scale = factors,
                Result = results,
            };
            whole.WorkspaceLength = form.WorkspaceFor(whole);
            var parts = Divide(shape, threads);
            if (threads == 1 || parts.Count == 1)
            {
                foreach (var part in parts) part.Run(form, whole);
            }
            else
            {
                parallel(parts.Count, i => parts[i].Run(form, whole));
            }
        }
    }

    private static void Check(in ConvShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> gradient, ReadOnlySpan<float> result, int resultStride, ReadOnlySpan<float> scale)
    {
        if (shape.Samples < 0 || shape.Channels < 1 || shape.Filters < 1 || shape.Groups < 1 || shape.Channels % shape.Groups != 0 || shape.Filters % shape.Groups != 0)
            throw new ArgumentException($"no convolution: {shape}", nameof(shape));
        Holds(x.Length, shape.Samples * shape.Channels * shape.Input.Volume, "x");
        Holds(gradient.Length, shape.Samples * shape.Filters * shape.Output.Volume, "gradient");
        Holds(resultStride, shape.Filters, "a row of the result");
        Holds(result.Length, shape.Samples == 0 ? 0 : (shape.Samples - 1) * resultStride + shape.Filters, "result");
        if (!scale.IsEmpty) Holds(scale.Length, shape.Filters, "scale");
    }

    private static void Holds(int length, long needed, string what)
    {
        if (length < needed) throw new ArgumentException(FormattableString.Invariant($"{what} has {length} elements, the shape needs {needed}"));
    }

    // Whole samples where there are enough of them; else the filters are divided too.
    private static List<Part> Divide(in ConvShape shape, int threads)
    {
        var parts = new List<Part>();
        if (shape.Samples == 0) return parts;
        var unit = shape.Groups == 1 ? FilterBlock : shape.Filters / shape.Groups;
        var pieces = threads == 1 ? 1 : Math.Min((2 * threads + shape.Samples - 1) / shape.Samples, (shape.Filters + unit - 1) / unit);
        var step = ((shape.Filters + unit - 1) / unit + pieces - 1) / pieces * unit;
        var samples = threads == 1 ? shape.Samples : Math.Max(1, shape.Samples / (4 * threads));
        for (long n = 0; n < shape.Samples; n += samples)
        {
            for (long k = 0; k < shape.Filters; k += step)
                parts.Add(new Part(n, Math.Min(samples, shape.Samples - n), k, Math.Min(k + step, shape.Filters)));
        }

        return parts;
    }

    private readonly record struct Part(long FirstSample, long Samples, long FirstFilter, long LastFilter)
    {
        public unsafe void Run(FilterSaliencyForm form, FilterSaliencyArguments arguments)
        {
            var memory = ArrayPool<float>.Shared.Rent((int)arguments.WorkspaceLength);
            fixed (float* workspace = memory)
            {
                arguments.Samples = Samples;
                arguments.FirstFilter = FirstFilter;
                arguments.LastFilter = LastFilter;
                arguments.X += FirstSample * arguments.InputStride;
                arguments.Gradient += FirstSample * arguments.GradientStride;
                arguments.Result += FirstSample * arguments.ResultStride;
                arguments.Workspace = workspace;
                form.Run(ref arguments);
            }

            ArrayPool<float>.Shared.Return(memory);
        }
    }
}
