using System.Runtime.InteropServices;
using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>What the cosine neighbours read and write: the C struct <c>oa_cosine_knn</c> of kernels/include/onnxaudit_kernels.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct CosineKnnArguments
{
    /// <summary>Queries q ≥ 0.</summary>
    public long Queries;

    /// <summary>Base rows b in [0,2³¹).</summary>
    public long Rows;

    /// <summary>Features d ≥ 0.</summary>
    public long Features;

    /// <summary>Neighbours k ≥ 1.</summary>
    public long Neighbours;

    /// <summary>Elements from a query to the next, ≥ d.</summary>
    public long QueryStride;

    /// <summary>Elements from a base row to the next, ≥ d.</summary>
    public long RowStride;

    /// <summary>Elements from a row of the results to the next, ≥ k.</summary>
    public long ResultStride;

    /// <summary>Query i is base row FirstQuery + i, which is left out of its neighbours; −1 leaves none out.</summary>
    public long FirstQuery;

    /// <summary>Q [q,d].</summary>
    public float* QueryMatrix;

    /// <summary>B [b,d].</summary>
    public float* RowMatrix;

    /// <summary>1/‖Q_i‖ [q], 0 for a zero row.</summary>
    public float* InverseQueryNorms;

    /// <summary>1/‖B_j‖ [b], 0 for a zero row.</summary>
    public float* InverseRowNorms;

    /// <summary>Out [q,k]: base rows, nearest first, of equals the lower first; −1 past the last.</summary>
    public int* Index;

    /// <summary>Out [q,k]: cosines in [−1,1]; −∞ past the last.</summary>
    public float* Similarity;

    /// <summary>Out: the number of the form that ran.</summary>
    public long Form;
}

/// <summary>The nearest rows by cosine (kernels/cosine_knn/cosine_knn.md).</summary>
public static unsafe class CosineKnn
{
    /// <summary>Queries worked on together.</summary>
    internal const int QueryBlock = 32;

    private const string Kernel = "cosine_knn";

    /// <summary>Every form, best first: the one list that dispatch, tests and benches read. The OpenCL form is last, so that it runs only when asked for.</summary>
    public static IReadOnlyList<ArgumentForm<CosineKnnArguments>> Forms { get; } =
    [
        ArgumentForm<CosineKnnArguments>.OfLibrary(Kernel, "avx2", "avx2", "fma"),
        ArgumentForm<CosineKnnArguments>.OfLibrary(Kernel, "neon", "neon"),
        ArgumentForm<CosineKnnArguments>.OfManaged(Kernel, CosineKnnManaged.Run),
        ArgumentForm<CosineKnnArguments>.OfLibrary(Kernel, "scalar"),
        On(null),
    ];

    /// <summary>The OpenCL form on a device of the caller's; null: the first GPU, else the first device.</summary>
    public static ArgumentForm<CosineKnnArguments> On(OpenClSession? session) =>
        ArgumentForm<CosineKnnArguments>.OfDevice(Kernel, session, opened => new CosineKnnOpenCl(opened).Run);

    /// <summary>1/‖row‖ of rows [n,features], summed in float64; 0 for a zero row, NaN for a row that holds one.</summary>
    public static float[] InverseNorms(ReadOnlySpan<float> rows, int features)
    {
        var norms = new float[features == 0 ? 0 : rows.Length / features];
        fixed (float* r = rows)
        {
            for (var i = 0; i < norms.Length; i++)
            {
                var length = Math.Sqrt(GeometryManaged.SumOfSquares(r + (long)i * features, features));
                norms[i] = length == 0 ? 0 : (float)(1 / length);
            }
        }

        return norms;
    }

    /// <summary>
    /// The nearest rows of each query. queries: [q,features]; rows: [b,features]; index and similarity: [q,neighbours], nearest first, of equals the
    /// lower row, −1 and −∞ where there are fewer rows. <paramref name="firstQuery"/>: query i is row firstQuery + i and left out of its own neighbours;
    /// −1: none is. Zero rows are at cosine 0 from all; rows with a NaN are near to none. The same bits for any form (an OpenCL device: within 1e-6)
    /// and any number of threads ≥ 1. Lengths that do not fit: <see cref="ArgumentException"/>.
    /// </summary>
    public static void Nearest(ArgumentForm<CosineKnnArguments> form, ReadOnlySpan<float> queries, ReadOnlySpan<float> rows, int features, int neighbours,
        long firstQuery, Span<int> index, Span<float> similarity, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var count = queries.Length / features;
        if (queries.Length % features != 0 || rows.Length % features != 0 || index.Length != (long)count * neighbours || similarity.Length != index.Length)
            throw new ArgumentException(FormattableString.Invariant($"{queries.Length} and {rows.Length} numbers, {index.Length} and {similarity.Length} results do not fit {features} features and {neighbours} neighbours"));
        fixed (float* q = queries, r = rows, queryNorms = InverseNorms(queries, features), rowNorms = InverseNorms(rows, features), s = similarity)
        fixed (int* n = index)
        {
            var whole = new CosineKnnArguments
            {
                Queries = count,
                Rows = rows.Length / features,
                Features = features,
                Neighbours = neighbours,
                QueryStride = features,
                RowStride = features,
                ResultStride = neighbours,
                FirstQuery = firstQuery,
                QueryMatrix = q,
                RowMatrix = r,
                InverseQueryNorms = queryNorms,
                InverseRowNorms = rowNorms,
                Index = n,
                Similarity = s,
            };
            var blocks = (count + QueryBlock - 1) / QueryBlock;
            var parts = form.OnDevice ? 1 : Math.Max(1, Math.Min(threads, blocks));
            if (parts == 1) form.Run(ref whole);
            else Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = parts }, part => RunPart(form, whole, blocks * part / parts, blocks * (part + 1) / parts));
        }
    }

    private static void RunPart(ArgumentForm<CosineKnnArguments> form, CosineKnnArguments a, long firstBlock, long endBlock)
    {
        var first = firstBlock * QueryBlock;
        a.Queries = Math.Min(endBlock * QueryBlock, a.Queries) - first;
        if (a.FirstQuery >= 0) a.FirstQuery += first;
        a.QueryMatrix += first * a.QueryStride;
        a.InverseQueryNorms += first;
        a.Index += first * a.ResultStride;
        a.Similarity += first * a.ResultStride;
        form.Run(ref a);
    }
}
