using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OnnxAudit.Comparison.Embedding;

/// <summary>What a pair of coordinates adds to the sum of its pair of rows.</summary>
internal interface IPairTerm
{
    /// <summary>sum + term(a, b), a lane a coordinate.</summary>
    static abstract Vector<double> Add(Vector<double> sum, Vector<double> a, Vector<double> b);

    /// <summary>term(a, b).</summary>
    static abstract double Of(double a, double b);
}

/// <summary>(a − b)²: distances without the cancellation of ‖a‖² + ‖b‖² − 2ab; 0 for equal rows, exactly.</summary>
internal readonly struct SquaredDifference : IPairTerm
{
    public static Vector<double> Add(Vector<double> sum, Vector<double> a, Vector<double> b)
    {
        var d = a - b;
        return Vector.FusedMultiplyAdd(d, d, sum);
    }

    public static double Of(double a, double b) => (a - b) * (a - b);
}

/// <summary>a·b.</summary>
internal readonly struct Product : IPairTerm
{
    public static Vector<double> Add(Vector<double> sum, Vector<double> a, Vector<double> b) => Vector.FusedMultiplyAdd(a, b, sum);

    public static double Of(double a, double b) => a * b;
}

/// <summary>Sums over the coordinates of every pair of rows, float64, in register tiles.</summary>
internal static class PairSums
{
    private const int TileA = 4, TileB = 2;

    /// <summary>
    /// sums[i,j] += Σ_k term(a[i,k], b[j,k]). a: [rowsA,width]; b: [rowsB,width]; sums: rows of <paramref name="stride"/>. A pair's sum depends on its two rows alone,
    /// never on where they stand, so equal rows give equal sums.
    /// </summary>
    public static void Add<TTerm>(ReadOnlySpan<double> a, int rowsA, ReadOnlySpan<double> b, int rowsB, int width, Span<double> sums, int stride) where TTerm : struct, IPairTerm
    {
        if (a.Length < (long)rowsA * width || b.Length < (long)rowsB * width || (rowsA > 0 && sums.Length < (rowsA - 1L) * stride + rowsB))
            throw new ArgumentException(FormattableString.Invariant($"{a.Length} and {b.Length} numbers for {rowsA} and {rowsB} rows of {width}"), nameof(a));
        for (var i = 0; i < rowsA; i += TileA)
            for (var j = 0; j < rowsB; j += TileB)
            {
                if (i + TileA <= rowsA && j + TileB <= rowsB) Tile<TTerm>(a[(i * width)..], b[(j * width)..], width, sums[(i * stride + j)..], stride);
                else
                    for (var r = i; r < Math.Min(rowsA, i + TileA); r++)
                        for (var c = j; c < Math.Min(rowsB, j + TileB); c++) sums[r * stride + c] += One<TTerm>(a.Slice(r * width, width), b.Slice(c * width, width));
            }
    }

    // Compiled in full at once: a first map would otherwise be half done before the loop is optimised.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TTerm>(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int width, Span<double> sums, int stride) where TTerm : struct, IPairTerm
    {
        ref var a0 = ref MemoryMarshal.GetReference(a);
        ref var b0 = ref MemoryMarshal.GetReference(b);
        Vector<double> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        nuint k = 0, lanes = (nuint)Vector<double>.Count, w = (nuint)width;
        for (; k + lanes <= w; k += lanes)
        {
            var y0 = Vector.LoadUnsafe(ref b0, k);
            var y1 = Vector.LoadUnsafe(ref b0, w + k);
            var x = Vector.LoadUnsafe(ref a0, k);
            s00 = TTerm.Add(s00, x, y0);
            s01 = TTerm.Add(s01, x, y1);
            x = Vector.LoadUnsafe(ref a0, w + k);
            s10 = TTerm.Add(s10, x, y0);
            s11 = TTerm.Add(s11, x, y1);
            x = Vector.LoadUnsafe(ref a0, 2 * w + k);
            s20 = TTerm.Add(s20, x, y0);
            s21 = TTerm.Add(s21, x, y1);
            x = Vector.LoadUnsafe(ref a0, 3 * w + k);
            s30 = TTerm.Add(s30, x, y0);
            s31 = TTerm.Add(s31, x, y1);
        }

        sums[0] += Vector.Sum(s00) + Rest<TTerm>(ref a0, ref b0, k, w);
        sums[1] += Vector.Sum(s01) + Rest<TTerm>(ref a0, ref Unsafe.Add(ref b0, w), k, w);
        sums[stride] += Vector.Sum(s10) + Rest<TTerm>(ref Unsafe.Add(ref a0, w), ref b0, k, w);
        sums[stride + 1] += Vector.Sum(s11) + Rest<TTerm>(ref Unsafe.Add(ref a0, w), ref Unsafe.Add(ref b0, w), k, w);
        sums[2 * stride] += Vector.Sum(s20) + Rest<TTerm>(ref Unsafe.Add(ref a0, 2 * w), ref b0, k, w);
        sums[2 * stride + 1] += Vector.Sum(s21) + Rest<TTerm>(ref Unsafe.Add(ref a0, 2 * w), ref Unsafe.Add(ref b0, w), k, w);
        sums[3 * stride] += Vector.Sum(s30) + Rest<TTerm>(ref Unsafe.Add(ref a0, 3 * w), ref b0, k, w);
        sums[3 * stride + 1] += Vector.Sum(s31) + Rest<TTerm>(ref Unsafe.Add(ref a0, 3 * w), ref Unsafe.Add(ref b0, w), k, w);
    }

    private static double One<TTerm>(ReadOnlySpan<double> a, ReadOnlySpan<double> b) where TTerm : struct, IPairTerm
    {
        ref var a0 = ref MemoryMarshal.GetReference(a);
        ref var b0 = ref MemoryMarshal.GetReference(b);
        Vector<double> sum = default;
        nuint k = 0, lanes = (nuint)Vector<double>.Count, w = (nuint)a.Length;
        for (; k + lanes <= w; k += lanes) sum = TTerm.Add(sum, Vector.LoadUnsafe(ref a0, k), Vector.LoadUnsafe(ref b0, k));
        return Vector.Sum(sum) + Rest<TTerm>(ref a0, ref b0, k, w);
    }

    private static double Rest<TTerm>(ref double a, ref double b, nuint from, nuint width) where TTerm : struct, IPairTerm
    {
        var sum = 0.0;
        for (var k = from; k < width; k++) sum += TTerm.Of(Unsafe.Add(ref a, k), Unsafe.Add(ref b, k));
        return sum;
    }
}
