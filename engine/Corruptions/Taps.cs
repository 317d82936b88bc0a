using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OnnxAudit.Corruptions;

/// <summary>Weighted sums of shifted copies of a padded plane: what every blur comes down to. Float64, in the order of the taps, multiplied before added.</summary>
internal static class Taps
{
    /// <summary>into[i] = Σ_t weights[t] · source[offsets[t] + i].</summary>
    public static void Sum(ReadOnlySpan<double> source, ReadOnlySpan<int> offsets, ReadOnlySpan<double> weights, Span<double> into)
    {
        Check(source, offsets, into);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(into);
        var i = 0;
        var lanes = Vector<double>.Count;
        for (; i <= into.Length - 4 * lanes; i += 4 * lanes)
        {
            Vector<double> a = default, b = default, c = default, d = default;
            for (var t = 0; t < offsets.Length; t++)
            {
                ref var at = ref Unsafe.Add(ref from, offsets[t] + i);
                var weight = new Vector<double>(weights[t]);
                a += weight * Vector.LoadUnsafe(ref at);
                b += weight * Vector.LoadUnsafe(ref at, (nuint)lanes);
                c += weight * Vector.LoadUnsafe(ref at, (nuint)(2 * lanes));
                d += weight * Vector.LoadUnsafe(ref at, (nuint)(3 * lanes));
            }

            a.StoreUnsafe(ref to, (nuint)i);
            b.StoreUnsafe(ref to, (nuint)(i + lanes));
            c.StoreUnsafe(ref to, (nuint)(i + 2 * lanes));
            d.StoreUnsafe(ref to, (nuint)(i + 3 * lanes));
        }

        for (; i < into.Length; i++)
        {
            var sum = 0.0;
            for (var t = 0; t < offsets.Length; t++) sum += weights[t] * source[offsets[t] + i];
            into[i] = sum;
        }
    }

    /// <summary>
    /// into[i] = weights[0] · source[offsets[r] + i] + Σ_k weights[k] · (source[offsets[r − k] + i] + source[offsets[r + k] + i]), k = r to 1, r = weights − 1:
    /// a symmetric kernel in the order SciPy sums it.
    /// </summary>
    public static void SymmetricSum(ReadOnlySpan<double> source, ReadOnlySpan<int> offsets, ReadOnlySpan<double> weights, Span<double> into)
    {
        Check(source, offsets, into);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(into);
        var i = 0;
        var lanes = Vector<double>.Count;
        var radius = weights.Length - 1;
        for (; i <= into.Length - 2 * lanes; i += 2 * lanes)
        {
            ref var middle = ref Unsafe.Add(ref from, offsets[radius] + i);
            var a = new Vector<double>(weights[0]) * Vector.LoadUnsafe(ref middle);
            var b = new Vector<double>(weights[0]) * Vector.LoadUnsafe(ref middle, (nuint)lanes);
            for (var k = radius; k > 0; k--)
            {
                ref var before = ref Unsafe.Add(ref from, offsets[radius - k] + i);
                ref var after = ref Unsafe.Add(ref from, offsets[radius + k] + i);
                var weight = new Vector<double>(weights[k]);
                a += weight * (Vector.LoadUnsafe(ref before) + Vector.LoadUnsafe(ref after));
                b += weight * (Vector.LoadUnsafe(ref before, (nuint)lanes) + Vector.LoadUnsafe(ref after, (nuint)lanes));
            }

            a.StoreUnsafe(ref to, (nuint)i);
            b.StoreUnsafe(ref to, (nuint)(i + lanes));
        }

        for (; i < into.Length; i++)
        {
            var sum = weights[0] * source[offsets[radius] + i];
            for (var k = radius; k > 0; k--) sum += weights[k] * (source[offsets[radius - k] + i] + source[offsets[radius + k] + i]);
            into[i] = sum;
        }
    }

    private static void Check(ReadOnlySpan<double> source, ReadOnlySpan<int> offsets, Span<double> into)
    {
        foreach (var offset in offsets)
        {
            if (offset < 0 || offset > source.Length - into.Length) throw new ArgumentException("a tap leaves the plane", nameof(offsets));
        }
    }
}
