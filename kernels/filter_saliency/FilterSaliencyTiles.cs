using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OnnxAudit.Kernels;

/// <summary>The sums of a few weights over the outputs of one box; Vector256 falls apart into narrower vectors where there is no AVX.</summary>
internal unsafe ref struct FilterSaliencyTile
{
    /// <summary>Weights a panel's tile takes, and a single filter's.</summary>
    public const int PanelWeights = 6, DotWeights = 4;

    /// <summary>A panel [outputs,16], or the outputs of one filter for <see cref="Dots"/>.</summary>
    public float* Gradient;

    /// <summary>X(output, weight) = Input[Offsets[output] + Weights[weight]].</summary>
    public float* Input;

    /// <summary>Per output; <see cref="Dots"/> reads those of the first column of every row.</summary>
    public int* Offsets;

    /// <summary>Per weight.</summary>
    public int* Weights;

    /// <summary>Weights of this tile; outputs = rows · width.</summary>
    public long Count, Rows, Width;

    /// <summary>Sums of the boxes before, a panel's width of them per weight, one for <see cref="Dots"/>.</summary>
    public float* Partial;

    /// <summary>Is there no box before; is there none to come.</summary>
    public bool First, Last;

    /// <summary>With the last box |sum| is added here: one per filter of the panel, one for <see cref="Dots"/>.</summary>
    public float* Sums;

    /// <summary>Up to six weights by sixteen filters. A tile that lacks weights works on its last one again and drops the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Products()
    {
        float* x0 = Place(0), x1 = Place(1), x2 = Place(2), x3 = Place(3), x4 = Place(4), x5 = Place(5);
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        Vector256<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        var gradient = Gradient;
        var end = Offsets + Rows * Width;
        for (var offset = Offsets; offset != end; offset++, gradient += FilterSaliencyPlan.PanelFilters)
        {
            nint at = *offset;
            Vector256<float> g = Vector256.Load(gradient), h = Vector256.Load(gradient + 8);
            var x = Vector256.Create(x0[at]);
            a0 = Vector256.MultiplyAddEstimate(x, g, a0);
            b0 = Vector256.MultiplyAddEstimate(x, h, b0);
            x = Vector256.Create(x1[at]);
            a1 = Vector256.MultiplyAddEstimate(x, g, a1);
            b1 = Vector256.MultiplyAddEstimate(x, h, b1);
            x = Vector256.Create(x2[at]);
            a2 = Vector256.MultiplyAddEstimate(x, g, a2);
            b2 = Vector256.MultiplyAddEstimate(x, h, b2);
            x = Vector256.Create(x3[at]);
            a3 = Vector256.MultiplyAddEstimate(x, g, a3);
            b3 = Vector256.MultiplyAddEstimate(x, h, b3);
            x = Vector256.Create(x4[at]);
            a4 = Vector256.MultiplyAddEstimate(x, g, a4);
            b4 = Vector256.MultiplyAddEstimate(x, h, b4);
            x = Vector256.Create(x5[at]);
            a5 = Vector256.MultiplyAddEstimate(x, g, a5);
            b5 = Vector256.MultiplyAddEstimate(x, h, b5);
        }

        Finish(0, a0, b0);
        if (Count > 1) Finish(1, a1, b1);
        if (Count > 2) Finish(2, a2, b2);
        if (Count > 3) Finish(3, a3, b3);
        if (Count > 4) Finish(4, a4, b4);
        if (Count > 5) Finish(5, a5, b5);
    }

    /// <summary>Up to four weights of one filter: rows of its outputs times rows of X, both contiguous.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Dots()
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default;
        float t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        var gradient = Gradient;
        for (long row = 0; row < Rows; row++, gradient += Width)
        {
            var at = Offsets[row * Width];
            float* x0 = Place(0) + at, x1 = Place(1) + at, x2 = Place(2) + at, x3 = Place(3) + at;
            long i = 0;
            for (; i + 8 <= Width; i += 8)
            {
                var g = Vector256.Load(gradient + i);
                a0 = Vector256.MultiplyAddEstimate(Vector256.Load(x0 + i), g, a0);
                a1 = Vector256.MultiplyAddEstimate(Vector256.Load(x1 + i), g, a1);
                a2 = Vector256.MultiplyAddEstimate(Vector256.Load(x2 + i), g, a2);
                a3 = Vector256.MultiplyAddEstimate(Vector256.Load(x3 + i), g, a3);
            }

            for (; i < Width; i++)
            {
                t0 += x0[i] * gradient[i];
                t1 += x1[i] * gradient[i];
                t2 += x2[i] * gradient[i];
                t3 += x3[i] * gradient[i];
            }
        }

        Finish(0, Vector256.Sum(a0) + t0);
        if (Count > 1) Finish(1, Vector256.Sum(a1) + t1);
        if (Count > 2) Finish(2, Vector256.Sum(a2) + t2);
        if (Count > 3) Finish(3, Vector256.Sum(a3) + t3);
    }

    /// <summary>Outputs of up to sixteen filters, <paramref name="stride"/> apart, into a panel [outputs,16], zero where there is no filter.</summary>
    public static void Pack(float* gradient, long stride, long filters, long outputs, float* panel)
    {
        for (long k = 0; k < FilterSaliencyPlan.PanelFilters; k++)
        {
            var from = gradient + k * stride;
            for (long i = 0; i < outputs; i++) panel[i * FilterSaliencyPlan.PanelFilters + k] = k < filters ? from[i] : 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float* Place(long weight) => Input + Weights[Math.Min(weight, Count - 1)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Finish(long weight, Vector256<float> low, Vector256<float> high)
    {
        var partial = Partial + weight * FilterSaliencyPlan.PanelFilters;
        if (!First)
        {
            low += Vector256.Load(partial);
            high += Vector256.Load(partial + 8);
        }

        if (Last)
        {
            (Vector256.Load(Sums) + Vector256.Abs(low)).Store(Sums);
            (Vector256.Load(Sums + 8) + Vector256.Abs(high)).Store(Sums + 8);
        }
        else
        {
            low.Store(partial);
            high.Store(partial + 8);
        }
    }

    private readonly void Finish(long weight, float sum)
    {
        if (!First) sum += Partial[weight];
        if (Last) *Sums += MathF.Abs(sum);
        else Partial[weight] = sum;
    }
}
