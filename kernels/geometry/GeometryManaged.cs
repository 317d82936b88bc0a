using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OnnxAudit.Kernels;

/// <summary>
/// The managed form of the geometry kernel (geometry.md). Works on any processor; Vector256 falls apart into narrower vectors where there is no AVX.
/// Tolerance against the scalar form: none for length and margin (the same sums in the same order), one float ulp for angles.
/// </summary>
internal static unsafe class GeometryManaged
{
    private const int Rows = GeometryForm.BlockRows;

    /// <summary>Runs the kernel. Returns 0 or an error code of the C header.</summary>
    public static int Run(GeometryArguments* a)
    {
        var code = Check(a);
        if (code != 0) return code;
        (a->ZeroFeatures, a->SkippedPairs, a->NegativeDistances, a->Form) = (0, 0, 0, 0);
        for (long first = 0; first < a->Rows; first += Rows)
        {
            var count = (int)Math.Min(Rows, a->Rows - first);
            Products(a, first, count);
            for (var r = 0; r < count; r++) FinishRow(a, first + r, a->Scratch + r * a->Classes);
        }

        return 0;
    }

    /// <summary>0 or the first error of the arguments, before anything is written.</summary>
    public static int Check(GeometryArguments* a)
    {
        if (a == null) return 1;
        if (a->Rows < 0 || a->Features < 0 || a->Classes < 1 || a->PairRows < 0 || a->FeatureStride < a->Features || a->WeightStride < a->Features
            || a->PairStride < a->Classes || a->AngleStride < a->Classes || a->ScratchLength / Rows < a->Classes) return 2;
        if (a->Rows == 0) return 0;
        if ((a->Features > 0 && (a->FeatureRows == null || a->WeightRows == null)) || a->InverseNorms == null || a->InversePairNorms == null
            || a->Reference == null || a->PairRow == null || a->Scratch == null || a->Angles == null || a->Length == null || a->Margin == null) return 1;
        for (long row = 0; row < a->Rows; row++)
        {
            if (a->Reference[row] < 0 || a->Reference[row] >= a->Classes || a->PairRow[row] < 0 || a->PairRow[row] >= a->PairRows) return 3;
        }

        return 0;
    }

    // Two classes by four rows at a time; the rows of a block stay in cache while W streams past once.
    private static void Products(GeometryArguments* a, long first, int count)
    {
        long m = a->Features, c = a->Classes;
        var dots = stackalloc double[8];
        for (long j = 0; j < c; j += 2)
        {
            var w0 = a->WeightRows + j * a->WeightStride;
            var w1 = j + 1 < c ? w0 + a->WeightStride : w0;
            for (var r = 0; r < count; r += 4)
            {
                var x0 = a->FeatureRows + (first + r) * a->FeatureStride;
                var x1 = r + 1 < count ? x0 + a->FeatureStride : x0;
                var x2 = r + 2 < count ? x1 + a->FeatureStride : x0;
                var x3 = r + 3 < count ? x2 + a->FeatureStride : x0;
                Tile(x0, x1, x2, x3, w0, w1, m, dots);
                for (var i = 0; i < 4 && r + i < count; i++)
                {
                    a->Scratch[(r + i) * c + j] = dots[2 * i];
                    if (j + 1 < c) a->Scratch[(r + i) * c + j + 1] = dots[2 * i + 1];
                }
            }
        }
    }

    private static void Tile(float* x0, float* x1, float* x2, float* x3, float* w0, float* w1, long m, double* dots)
    {
        Vector256<double> a00 = default, a01 = default, a10 = default, a11 = default;
        Vector256<double> a20 = default, a21 = default, a30 = default, a31 = default;
        var whole = m & ~7L;
        var pad = stackalloc float[48];
        long k = 0;
        while (k < m)
        {
            if (k == whole)
            {
                // The tail goes through the same sums, padded by zeros, which change no sum.
                var rest = (uint)((m - k) * sizeof(float));
                Unsafe.InitBlockUnaligned(pad, 0, 48 * sizeof(float));
                Unsafe.CopyBlockUnaligned(pad, x0 + k, rest);
                Unsafe.CopyBlockUnaligned(pad + 8, x1 + k, rest);
                Unsafe.CopyBlockUnaligned(pad + 16, x2 + k, rest);
                Unsafe.CopyBlockUnaligned(pad + 24, x3 + k, rest);
                Unsafe.CopyBlockUnaligned(pad + 32, w0 + k, rest);
                Unsafe.CopyBlockUnaligned(pad + 40, w1 + k, rest);
                x0 = pad - k;
                x1 = x0 + 8;
                x2 = x1 + 8;
                x3 = x2 + 8;
                w0 = x3 + 8;
                w1 = w0 + 8;
            }

            var (v0, v0High) = Vector256.Widen(Vector256.Load(w0 + k));
            var (v1, v1High) = Vector256.Widen(Vector256.Load(w1 + k));
            var (low, high) = Vector256.Widen(Vector256.Load(x0 + k));
            a00 = Add(Add(a00, low, v0), high, v0High);
            a01 = Add(Add(a01, low, v1), high, v1High);
            (low, high) = Vector256.Widen(Vector256.Load(x1 + k));
            a10 = Add(Add(a10, low, v0), high, v0High);
            a11 = Add(Add(a11, low, v1), high, v1High);
            (low, high) = Vector256.Widen(Vector256.Load(x2 + k));
            a20 = Add(Add(a20, low, v0), high, v0High);
            a21 = Add(Add(a21, low, v1), high, v1High);
            (low, high) = Vector256.Widen(Vector256.Load(x3 + k));
            a30 = Add(Add(a30, low, v0), high, v0High);
            a31 = Add(Add(a31, low, v1), high, v1High);
            k += 8;
        }

        (dots[0], dots[1], dots[2], dots[3]) = (Sum(a00), Sum(a01), Sum(a10), Sum(a11));
        (dots[4], dots[5], dots[6], dots[7]) = (Sum(a20), Sum(a21), Sum(a30), Sum(a31));
    }

    // A product of two floats is exact in a double, so fused and unfused multiply-add give the same bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Add(Vector256<double> sum, Vector256<double> x, Vector256<double> w) => Vector256.MultiplyAddEstimate(x, w, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Sum(Vector256<double> lanes)
    {
        var pair = lanes.GetLower() + lanes.GetUpper();
        return pair.GetElement(0) + pair.GetElement(1);
    }

    /// <summary>Σ x², in the order of sums of geometry.md.</summary>
    public static double SumOfSquares(float* x, long m)
    {
        Vector256<double> sum = default;
        long k = 0;
        for (; k + 4 <= m; k += 4)
        {
            var (low, high) = Vector128.Widen(Vector128.Load(x + k));
            var wide = Vector256.Create(low, high);
            sum = Add(sum, wide, wide);
        }

        if (k < m)
        {
            var tail = Vector256.Create(x[k], k + 1 < m ? x[k + 1] : 0.0, k + 2 < m ? x[k + 2] : 0.0, 0.0);
            sum = Add(sum, tail, tail);
        }

        return Sum(sum);
    }

    private static void FinishRow(GeometryArguments* a, long row, double* dots)
    {
        long c = a->Classes;
        var length = Math.Sqrt(SumOfSquares(a->FeatureRows + row * a->FeatureStride, a->Features));
        if (length == 0) a->ZeroFeatures++;
        var inverse = length > 0 ? 1 / length : 0;
        a->Length[row] = (float)length;
        var angles = a->Angles + row * a->AngleStride;
        for (long j = 0; j < c; j++)
        {
            var cosine = dots[j] * inverse * a->InverseNorms[j];
            cosine = cosine > 1 ? 1 : cosine < -1 ? -1 : cosine;
            angles[j] = (float)(Math.Acos(cosine) * (180 / Math.PI));
        }

        a->Margin[row] = Margin(a, row, dots);
    }

    private static float Margin(GeometryArguments* a, long row, double* dots)
    {
        long i = a->Reference[row];
        var pairs = a->InversePairNorms + a->PairRow[row] * a->PairStride;
        var own = dots[i] + (a->Bias == null ? 0.0 : a->Bias[i]);
        var smallest = double.PositiveInfinity;
        var negative = false;
        for (long j = 0; j < a->Classes; j++)
        {
            if (pairs[j] == 0)
            {
                if (j != i) a->SkippedPairs++;
                continue;
            }

            var distance = (own - (dots[j] + (a->Bias == null ? 0.0 : a->Bias[j]))) * pairs[j];
            negative |= distance < 0;
            if (a->Sign != null) distance = Math.Abs(distance);
            if (distance < smallest) smallest = distance;
        }

        if (negative) a->NegativeDistances++;
        return (float)(a->Sign == null ? smallest : a->Sign[row] * smallest);
    }
}
