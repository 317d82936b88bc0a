using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OnnxAudit.Corruptions.Jpeg;

/// <summary>
/// Forward transform, quantisation, de-quantisation and inverse transform of 8×8 blocks, eight blocks side by side in the lanes of a vector.
/// Source: Loeffler, Ligtenberg and Moschytz, ICASSP 1989, with 13-bit constants, as libjpeg's accurate integer transform.
/// </summary>
internal static class JpegBlocks
{
    /// <summary>Values in a block.</summary>
    public const int Count = 64;

    private const int Lanes = 8;

    /// <summary>Replaces every block of the plane by what quantisation with <paramref name="steps"/> [64] leaves of it.</summary>
    public static void RoundTrip(JpegPlane plane, ReadOnlySpan<float> steps)
    {
        var across = plane.PaddedWidth / 8;
        var blocks = across * (plane.PaddedHeight / 8);
        var buffer = ArrayPool<int>.Shared.Rent(Count * Lanes);
        var group = buffer.AsSpan(0, Count * Lanes);
        for (var first = 0; first < blocks; first += Lanes)
        {
            var lanes = Math.Min(Lanes, blocks - first);
            if (lanes < Lanes) group.Clear();
            for (var lane = 0; lane < lanes; lane++) Gather(plane.Samples[Origin(first + lane)..], plane.PaddedWidth, group[lane..]);
            Transform(group, steps);
            for (var lane = 0; lane < lanes; lane++) Scatter(group[lane..], plane.Samples[Origin(first + lane)..], plane.PaddedWidth);
        }

        ArrayPool<int>.Shared.Return(buffer);

        int Origin(int block) => block / across * 8 * plane.PaddedWidth + block % across * 8;
    }

    private static void Gather(ReadOnlySpan<byte> samples, int stride, Span<int> lane)
    {
        for (var y = 0; y < 8; y++)
        {
            var row = samples.Slice(y * stride, 8);
            for (var x = 0; x < 8; x++) lane[(y * 8 + x) * Lanes] = row[x] - 128;
        }
    }

    private static void Scatter(ReadOnlySpan<int> lane, Span<byte> samples, int stride)
    {
        for (var y = 0; y < 8; y++)
        {
            var row = samples.Slice(y * stride, 8);
            for (var x = 0; x < 8; x++) row[x] = (byte)lane[(y * 8 + x) * Lanes];
        }
    }

    private static void Transform(Span<int> group, ReadOnlySpan<float> steps)
    {
        ref var origin = ref Unsafe.As<int, Vector256<int>>(ref MemoryMarshal.GetReference(group));
        for (var y = 0; y < 8; y++) ForwardRow(ref Unsafe.Add(ref origin, y * 8));
        for (var x = 0; x < 8; x++)
        {
            ref var column = ref Unsafe.Add(ref origin, x);
            ForwardColumn(ref column);
            for (var y = 0; y < 8; y++)
            {
                ref var value = ref Unsafe.Add(ref column, y * 8);
                value = Quantised(value, steps[y * 8 + x]);
            }

            InverseColumn(ref column);
        }

        for (var y = 0; y < 8; y++) InverseRow(ref Unsafe.Add(ref origin, y * 8));
    }

    /// <summary>Step · round(value / (8 step)), halves away from zero; the quotient of integers below 2²³ is truncated right in float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Quantised(Vector256<int> value, float step)
    {
        var sign = value >> 31;
        var magnitude = (value ^ sign) - sign;
        var level = Vector256.ConvertToInt32((Vector256.ConvertToSingle(magnitude) + Vector256.Create(4 * step)) / Vector256.Create(8 * step));
        return ((level ^ sign) - sign) * (int)step;
    }

    private static void ForwardRow(ref Vector256<int> at)
    {
        var (e0, e1) = Forward(ref at, 1, 11);
        at = (e0 + e1) << 2;
        Unsafe.Add(ref at, 4) = (e0 - e1) << 2;
    }

    private static void ForwardColumn(ref Vector256<int> at)
    {
        var (e0, e1) = Forward(ref at, 8, 15);
        at = Descale(e0 + e1, 2);
        Unsafe.Add(ref at, 32) = Descale(e0 - e1, 2);
    }

    /// <summary>The six outputs that need products; returns the sums that make outputs 0 and 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> E0, Vector256<int> E1) Forward(ref Vector256<int> at, int stride, int shift)
    {
        var (d0, d1, d2, d3) = (at, Unsafe.Add(ref at, stride), Unsafe.Add(ref at, 2 * stride), Unsafe.Add(ref at, 3 * stride));
        var (d4, d5, d6, d7) = (Unsafe.Add(ref at, 4 * stride), Unsafe.Add(ref at, 5 * stride), Unsafe.Add(ref at, 6 * stride), Unsafe.Add(ref at, 7 * stride));
        var (s0, s1, s2, s3) = (d0 + d7, d1 + d6, d2 + d5, d3 + d4);
        var odd = Odd(d3 - d4, d2 - d5, d1 - d6, d0 - d7);
        var (e2, e3) = (s1 - s2, s0 - s3);
        var z = (e2 + e3) * 4433;
        Unsafe.Add(ref at, stride) = Descale(odd.D, shift);
        Unsafe.Add(ref at, 2 * stride) = Descale(z + e3 * 6270, shift);
        Unsafe.Add(ref at, 3 * stride) = Descale(odd.C, shift);
        Unsafe.Add(ref at, 5 * stride) = Descale(odd.B, shift);
        Unsafe.Add(ref at, 6 * stride) = Descale(z - e2 * 15137, shift);
        Unsafe.Add(ref at, 7 * stride) = Descale(odd.A, shift);
        return (s0 + s3, s1 + s2);
    }

    private static void InverseColumn(ref Vector256<int> at) => Inverse(ref at, 8, 11);

    private static void InverseRow(ref Vector256<int> at)
    {
        Inverse(ref at, 1, 18);
        for (var x = 0; x < 8; x++)
        {
            ref var value = ref Unsafe.Add(ref at, x);
            value = Vector256.Clamp(value + Vector256.Create(128), Vector256<int>.Zero, Vector256.Create(255));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Inverse(ref Vector256<int> at, int stride, int shift)
    {
        var (i0, i1, i2, i3) = (at, Unsafe.Add(ref at, stride), Unsafe.Add(ref at, 2 * stride), Unsafe.Add(ref at, 3 * stride));
        var (i4, i5, i6, i7) = (Unsafe.Add(ref at, 4 * stride), Unsafe.Add(ref at, 5 * stride), Unsafe.Add(ref at, 6 * stride), Unsafe.Add(ref at, 7 * stride));
        var z = (i2 + i6) * 4433;
        var (t0, t1, t2, t3) = ((i0 + i4) << 13, (i0 - i4) << 13, z - i6 * 15137, z + i2 * 6270);
        var (e0, e1, e2, e3) = (t0 + t3, t1 + t2, t1 - t2, t0 - t3);
        var odd = Odd(i7, i5, i3, i1);
        at = Descale(e0 + odd.D, shift);
        Unsafe.Add(ref at, stride) = Descale(e1 + odd.C, shift);
        Unsafe.Add(ref at, 2 * stride) = Descale(e2 + odd.B, shift);
        Unsafe.Add(ref at, 3 * stride) = Descale(e3 + odd.A, shift);
        Unsafe.Add(ref at, 4 * stride) = Descale(e3 - odd.A, shift);
        Unsafe.Add(ref at, 5 * stride) = Descale(e2 - odd.B, shift);
        Unsafe.Add(ref at, 6 * stride) = Descale(e1 - odd.C, shift);
        Unsafe.Add(ref at, 7 * stride) = Descale(e0 - odd.D, shift);
    }

    /// <summary>The odd half, the same both ways.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> A, Vector256<int> B, Vector256<int> C, Vector256<int> D) Odd(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d)
    {
        var z5 = (a + c + b + d) * 9633;
        var (z1, z2) = ((a + d) * -7373, (b + c) * -20995);
        var (z3, z4) = ((a + c) * -16069 + z5, (b + d) * -3196 + z5);
        return (a * 2446 + z1 + z3, b * 16819 + z2 + z4, c * 25172 + z2 + z3, d * 12299 + z1 + z4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Descale(Vector256<int> value, int shift) => (value + Vector256.Create(1 << (shift - 1))) >> shift;
}
