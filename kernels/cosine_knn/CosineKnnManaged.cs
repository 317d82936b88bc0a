using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OnnxAudit.Kernels;

/// <summary>
/// The managed form of the cosine neighbours (cosine_knn.md). Tolerance against the scalar form: none. Both do the same fused multiply-adds in the
/// same order; a processor without them does them in software, slowly.
/// </summary>
internal static unsafe class CosineKnnManaged
{
    private const int Chunk = 512, Queries = CosineKnn.QueryBlock, Rows = 48;

    /// <summary>Runs the kernel. Returns 0 or an error code of the C header.</summary>
    public static int Run(CosineKnnArguments* a)
    {
        var code = Check(a);
        if (code != 0) return code;
        a->Form = 0;
        for (long i = 0; i < a->Queries; i++)
        {
            new Span<float>(a->Similarity + i * a->ResultStride, checked((int)a->Neighbours)).Fill(float.NegativeInfinity);
            new Span<int>(a->Index + i * a->ResultStride, (int)a->Neighbours).Fill(-1);
        }

        var sum = stackalloc float[Queries * Rows];
        for (long q0 = 0; q0 < a->Queries; q0 += Queries)
        {
            for (long b0 = 0; b0 < a->Rows; b0 += Rows)
            {
                long q = Math.Min(Queries, a->Queries - q0), b = Math.Min(Rows, a->Rows - b0);
                Unsafe.InitBlock(sum, 0, Queries * Rows * sizeof(float));
                for (long k = 0; k < a->Features; k += Chunk)
                    Sums(a->QueryMatrix + q0 * a->QueryStride + k, a->QueryStride, q, a->RowMatrix + b0 * a->RowStride + k, a->RowStride, b, Math.Min(Chunk, a->Features - k), sum);
                for (long i = 0; i < q; i++) Select(a, q0 + i, b0, b, sum + i * Rows);
            }
        }

        return 0;
    }

    /// <summary>0 or the first error of the arguments, before anything is written.</summary>
    public static int Check(CosineKnnArguments* a)
    {
        if (a == null) return 1;
        if (a->Queries < 0 || a->Rows < 0 || a->Rows > int.MaxValue || a->Features < 0 || a->Neighbours < 1 || a->QueryStride < a->Features
            || a->RowStride < a->Features || a->ResultStride < a->Neighbours || a->FirstQuery < -1) return 2;
        if (a->Queries == 0) return 0;
        if (a->Index == null || a->Similarity == null || a->InverseQueryNorms == null || (a->Features > 0 && a->QueryMatrix == null)) return 1;
        return a->Rows > 0 && (a->InverseRowNorms == null || (a->Features > 0 && a->RowMatrix == null)) ? 1 : 0;
    }

    // Four queries by two rows at a time. Queries and rows past the end repeat the first of the tile and are not stored.
    private static void Sums(float* queries, long queryStride, long q, float* rows, long rowStride, long b, long n, float* sum)
    {
        var dots = stackalloc float[8];
        for (long j = 0; j < b; j += 2)
        {
            var y0 = rows + j * rowStride;
            var y1 = j + 1 < b ? y0 + rowStride : y0;
            for (long i = 0; i < q; i += 4)
            {
                var x0 = queries + i * queryStride;
                Tile(x0, i + 1 < q ? x0 + queryStride : x0, i + 2 < q ? x0 + 2 * queryStride : x0, i + 3 < q ? x0 + 3 * queryStride : x0, y0, y1, n, dots);
                for (var r = 0; r < 4 && i + r < q; r++)
                {
                    sum[(i + r) * Rows + j] += dots[2 * r];
                    if (j + 1 < b) sum[(i + r) * Rows + j + 1] += dots[2 * r + 1];
                }
            }
        }
    }

    private static void Tile(float* x0, float* x1, float* x2, float* x3, float* y0, float* y1, long n, float* dots)
    {
        Vector256<float> a00 = default, a01 = default, a10 = default, a11 = default;
        Vector256<float> a20 = default, a21 = default, a30 = default, a31 = default;
        var whole = n & ~7L;
        var pad = stackalloc float[48];
        for (long k = 0; k < n; k += 8)
        {
            if (k == whole)
            {
                // The tail goes through the same sums, padded by zeros, which change no sum.
                var rest = (uint)((n - k) * sizeof(float));
                Unsafe.InitBlockUnaligned(pad, 0, 48 * sizeof(float));
                Unsafe.CopyBlockUnaligned(pad, x0 + k, rest);
                Unsafe.CopyBlockUnaligned(pad + 8, x1 + k, rest);
                Unsafe.CopyBlockUnaligned(pad + 16, x2 + k, rest);
                Unsafe.CopyBlockUnaligned(pad + 24, x3 + k, rest);
                Unsafe.CopyBlockUnaligned(pad + 32, y0 + k, rest);
                Unsafe.CopyBlockUnaligned(pad + 40, y1 + k, rest);
                x0 = pad - k;
                x1 = x0 + 8;
                x2 = x1 + 8;
                x3 = x2 + 8;
                y0 = x3 + 8;
                y1 = y0 + 8;
            }

            var (v0, v1) = (Vector256.Load(y0 + k), Vector256.Load(y1 + k));
            var x = Vector256.Load(x0 + k);
            a00 = Vector256.FusedMultiplyAdd(x, v0, a00);
            a01 = Vector256.FusedMultiplyAdd(x, v1, a01);
            x = Vector256.Load(x1 + k);
            a10 = Vector256.FusedMultiplyAdd(x, v0, a10);
            a11 = Vector256.FusedMultiplyAdd(x, v1, a11);
            x = Vector256.Load(x2 + k);
            a20 = Vector256.FusedMultiplyAdd(x, v0, a20);
            a21 = Vector256.FusedMultiplyAdd(x, v1, a21);
            x = Vector256.Load(x3 + k);
            a30 = Vector256.FusedMultiplyAdd(x, v0, a30);
            a31 = Vector256.FusedMultiplyAdd(x, v1, a31);
        }

        (dots[0], dots[1], dots[2], dots[3]) = (AddLanes(a00), AddLanes(a01), AddLanes(a10), AddLanes(a11));
        (dots[4], dots[5], dots[6], dots[7]) = (AddLanes(a20), AddLanes(a21), AddLanes(a30), AddLanes(a31));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float AddLanes(Vector256<float> lanes)
    {
        var four = lanes.GetLower() + lanes.GetUpper();
        var two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }

    private static void Select(CosineKnnArguments* a, long query, long b0, long b, float* sum)
    {
        var similarity = a->Similarity + query * a->ResultStride;
        var index = a->Index + query * a->ResultStride;
        var inverse = a->InverseQueryNorms[query];
        var self = a->FirstQuery < 0 ? -1 : a->FirstQuery + query;
        for (long j = 0; j < b; j++)
        {
            if (b0 + j == self) continue;
            var value = sum[j] * inverse * a->InverseRowNorms[b0 + j];
            value = value > 1 ? 1 : value < -1 ? -1 : value;
            var at = a->Neighbours - 1;
            if (!(value > similarity[at])) continue;
            for (; at > 0 && value > similarity[at - 1]; at--) (similarity[at], index[at]) = (similarity[at - 1], index[at - 1]);
            (similarity[at], index[at]) = (value, (int)(b0 + j));
        }
    }
}
