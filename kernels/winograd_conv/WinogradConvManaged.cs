using System.Runtime.Intrinsics;

namespace OnnxAudit.Kernels;

/// <summary>The managed form of the Winograd convolution (kernels/winograd_conv/winograd_conv.md): a row of squares at a time, 16 channels or filters beside each other.</summary>
internal static unsafe class WinogradConvManaged
{
    private const int Ok = 0, BadShape = 2, SmallWorkspace = 4, NullPointer = 1;
    private const int Panel = WinogradWeights.Panel, Managed = 0;

    /// <summary>Runs it. Codes as in the C header.</summary>
    public static int Run(WinogradConvArguments* a)
    {
        if (!IsGood(a)) return BadShape;
        var row = new WinogradRow(a);
        a->WorkspaceNeeded = row.Needed;
        if (a->WorkspaceLength < a->WorkspaceNeeded) return SmallWorkspace;
        if (a->FirstRow < a->LastRow && (a->X is null || a->Weights is null || a->Y is null || a->Workspace is null)) return NullPointer;
        a->Form = Managed;
        for (var at = a->FirstRow; at < a->LastRow; at++)
        {
            row.Begin(at);
            for (long c = 0; c < a->Channels; c += Panel) row.Transform(c);
            row.Multiply();
            for (long k = 0; k < a->Filters; k += Panel) row.Write(k);
        }

        return Ok;
    }

    /// <summary>D of 4 or 6 places, in place: what the points make of them (the C++ forms' minimal_data).</summary>
    internal static void Data(Vector256<float>* d, int step, int reach)
    {
        var (d0, d1, d2, d3) = (d[0], d[step], d[2 * step], d[3 * step]);
        if (reach == 4)
        {
            (d[0], d[step], d[2 * step], d[3 * step]) = (d0 - d2, d1 + d2, d2 - d1, d3 - d1);
            return;
        }

        var (d4, d5) = (d[4 * step], d[5 * step]);
        var (odd, even, farOdd, farEven) = (d3 - d1, d4 - d2, d3 - 4 * d1, d4 - 4 * d2);
        (d[0], d[step], d[2 * step]) = (even + 4 * (d0 - d2), farEven + farOdd, farEven - farOdd);
        (d[3 * step], d[4 * step], d[5 * step]) = (even + 2 * odd, even - 2 * odd, d5 - d3 - 4 * odd);
    }

    /// <summary>The outputs of 4 or 6 products, in the place of the first 2 or 4 (the C++ forms' minimal_outputs).</summary>
    internal static void Outputs(Vector256<float>* m, int step, int reach)
    {
        var (m0, m1, m2, m3) = (m[0], m[step], m[2 * step], m[3 * step]);
        if (reach == 4)
        {
            (m[0], m[step]) = (m0 + (m1 + m2), m1 - m2 + m3);
            return;
        }

        var (m4, m5) = (m[4 * step], m[5 * step]);
        var (near, far, nearOdd, farOdd) = (m1 + m2, m3 + m4, m1 - m2, m3 - m4);
        (m[0], m[step], m[2 * step], m[3 * step]) = (m0 + (near + far), nearOdd + 2 * farOdd, near + 4 * far, nearOdd + 8 * farOdd + m5);
    }

    /// <summary>Four squares, <paramref name="stride"/> floats apart, by eight filters, over all channels.</summary>
    internal static void Products(float* data, long stride, float* weights, long channels, float* to)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        float* second = data + stride, third = second + stride, fourth = third + stride;
        for (long i = 0; i < channels; i++, weights += Panel)
        {
            var w = Vector256.Load(weights);
            a = Vector256.MultiplyAddEstimate(Vector256.Create(data[i]), w, a);
            b = Vector256.MultiplyAddEstimate(Vector256.Create(second[i]), w, b);
            c = Vector256.MultiplyAddEstimate(Vector256.Create(third[i]), w, c);
            d = Vector256.MultiplyAddEstimate(Vector256.Create(fourth[i]), w, d);
        }

        a.Store(to);
        b.Store(to + Panel);
        c.Store(to + 2 * Panel);
        d.Store(to + 3 * Panel);
    }

    private static bool IsGood(WinogradConvArguments* a)
    {
        if (a->Samples is < 0 or > int.MaxValue || a->Edge is not (2 or 4) || a->PadTop is < 0 or > int.MaxValue || a->PadLeft is < 0 or > int.MaxValue) return false;
        return Fits(a->Channels, a->InputHeight, a->InputWidth) && Fits(a->Filters, a->OutputHeight, a->OutputWidth) && a->FirstRow >= 0 && a->FirstRow <= a->LastRow
            && a->LastRow <= a->Samples * ((a->OutputHeight + a->Edge - 1) / a->Edge)
            && a->InputStride >= a->Channels * a->InputHeight * a->InputWidth && a->OutputStride >= a->Filters * a->OutputHeight * a->OutputWidth;
    }

    private static bool Fits(long maps, long height, long width) =>
        maps is >= 1 and <= int.MaxValue && height is >= 1 and <= int.MaxValue && width is >= 1 and <= int.MaxValue && height * width <= int.MaxValue && maps * (height * width) <= int.MaxValue;
}
