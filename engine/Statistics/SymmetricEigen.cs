using System.Numerics.Tensors;
using OnnxAudit.Kernels;

namespace OnnxAudit.Statistics;

/// <summary>Some eigenpairs of a dense symmetric matrix: Householder's tridiagonal form, bisection by Sturm counts, inverse iteration (Golub and Van Loan, 8.3 and 8.4).</summary>
internal static class SymmetricEigen
{
    private const int InverseSteps = 4;

    /// <summary>
    /// Eigenvalues of the given ascending ranks (0 is the lowest) and their unit vectors [n] each, the entry of largest size (the first of equals) positive.
    /// </summary>
    /// <param name="matrix">[n,n]; overwritten.</param>
    /// <param name="n">Rows.</param>
    /// <param name="ranks">Wanted ranks, in [0,n).</param>
    /// <param name="threads">Threads; the result does not depend on them.</param>
    public static (double Value, double[] Vector)[] Few(double[] matrix, int n, ReadOnlySpan<int> ranks, int threads) => Pairs(matrix, n, Tridiagonal(matrix, n, threads), ranks);

    /// <summary>The leading eigenpairs, from the largest eigenvalue on down for as long as <paramref name="more"/>, asked of each value once and in this order, says so.</summary>
    public static (double Value, double[] Vector)[] Leading(double[] matrix, int n, Predicate<double> more, int threads)
    {
        var form = Tridiagonal(matrix, n, threads);
        var count = 0;
        while (count < n && more(Bisected(form.Diagonal, form.Beside, n - 1 - count))) count++;
        int[] ranks = [.. Enumerable.Range(0, count).Select(i => n - 1 - i)];
        return Pairs(matrix, n, form, ranks);
    }

    private static (double Value, double[] Vector)[] Pairs(double[] matrix, int n, (double[] Diagonal, double[] Beside, double[] Scales) form, ReadOnlySpan<int> ranks)
    {
        var (diagonal, beside, scales) = form;
        var found = new List<(double Value, double[] Vector)>();
        var numbers = Philox.For(0, "eigenvector");
        foreach (var rank in ranks)
        {
            var value = Bisected(diagonal, beside, rank);
            var vector = new double[n];
            for (var i = 0; i < n; i++) vector[i] = Philox.ToUnit(numbers.Words((ulong)rank, (ulong)i).A) - 0.5;
            for (var step = 0; step < InverseSteps; step++)
            {
                Solve(diagonal, beside, value, vector);
                Clear(vector, found);
            }

            found.Add((value, vector));
        }

        foreach (var (_, vector) in found)
        {
            for (var k = n - 3; k >= 0; k--)
            {
                var v = matrix.AsSpan(k * n + k + 1, n - k - 1);
                var part = vector.AsSpan(k + 1);
                TensorPrimitives.MultiplyAdd(v, -scales[k] * TensorPrimitives.Dot<double>(v, part), part, part);
            }

            Orient(vector);
        }

        return [.. found];
    }

    /// <summary>Makes the entry of largest size (the first of equals) positive.</summary>
    internal static void Orient(Span<double> vector)
    {
        var best = 0;
        for (var i = 1; i < vector.Length; i++)
            if (Math.Abs(vector[i]) > Math.Abs(vector[best])) best = i;
        if (vector.Length > 0 && vector[best] < 0) TensorPrimitives.Negate(vector, vector);
    }

    // Row k of the matrix keeps the reflection v_k behind its diagonal; a reflection is I − scale·v·vᵀ. The update by one reflection and the product with the
    // next are one pass over the matrix, since the next needs a single updated row.
    private static (double[] Diagonal, double[] Beside, double[] Scales) Tridiagonal(double[] a, int n, int threads)
    {
        var (diagonal, beside, scales) = (new double[n], new double[Math.Max(0, n - 1)], new double[Math.Max(0, n - 2)]);
        var (v, w, next, product) = (new double[n], new double[n], new double[n], new double[n]);
        var pending = false;
        for (var k = 0; k < n; k++)
        {
            if (pending) Update(a.AsSpan(k * n + k, n - k), v[k], w.AsSpan(k), w[k], v.AsSpan(k));
            diagonal[k] = a[k * n + k];
            if (k == n - 1) break;
            var row = a.AsSpan(k * n + k + 1, n - k - 1);
            if (k == n - 2)
            {
                beside[k] = row[0];
                continue;
            }

            var (off, scale) = Reflect(row);
            (beside[k], scales[k]) = (off, scale);
            row.CopyTo(next.AsSpan(k + 1));
            var (from, apply) = (k + 1, pending);
            Over(from, n, threads, i =>
            {
                var rest = a.AsSpan(i * n + from, n - from);
                if (apply) Update(rest, v[i], w.AsSpan(from), w[i], v.AsSpan(from));
                product[i] = scale * TensorPrimitives.Dot<double>(rest, next.AsSpan(from));
            });
            var half = scale / 2 * TensorPrimitives.Dot<double>(product.AsSpan(from), next.AsSpan(from));
            (v, next) = (next, v);
            TensorPrimitives.MultiplyAdd(v.AsSpan(from), -half, product.AsSpan(from), w.AsSpan(from));
            pending = true;
        }

        return (diagonal, beside, scales);
    }

    private static void Over(int from, int to, int threads, Action<int> act)
    {
        const int alone = 128;
        if (threads == 1 || to - from < alone)
            for (var i = from; i < to; i++) act(i);
        else
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
            {
                var end = from + (int)((long)(to - from) * (part + 1) / threads);
                for (var i = from + (int)((long)(to - from) * part / threads); i < end; i++) act(i);
            });
    }

    private static void Update(Span<double> row, double vi, ReadOnlySpan<double> w, double wi, ReadOnlySpan<double> v)
    {
        TensorPrimitives.MultiplyAdd(w, -vi, row, row);
        TensorPrimitives.MultiplyAdd(v, -wi, row, row);
    }

    // Turns x into the v of a reflection that sends x to (off, 0, …, 0).
    private static (double Off, double Scale) Reflect(Span<double> x)
    {
        var length = TensorPrimitives.Norm<double>(x);
        if (TensorPrimitives.Norm<double>(x[1..]) == 0) return (x[0], 0);
        var off = x[0] > 0 ? -length : length;
        x[0] -= off;
        return (off, 2 / TensorPrimitives.SumOfSquares<double>(x));
    }

    private static double Bisected(double[] diagonal, double[] beside, int rank)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        for (var i = 0; i < diagonal.Length; i++)
        {
            var reach = (i > 0 ? Math.Abs(beside[i - 1]) : 0) + (i < beside.Length ? Math.Abs(beside[i]) : 0);
            (low, high) = (Math.Min(low, diagonal[i] - reach), Math.Max(high, diagonal[i] + reach));
        }

        while (true)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high) return middle;
            if (Below(diagonal, beside, middle) > rank) high = middle;
            else low = middle;
        }
    }

    // Eigenvalues below x: the negative pivots of T − x.
    private static int Below(double[] diagonal, double[] beside, double x)
    {
        var count = 0;
        var pivot = 1.0;
        for (var i = 0; i < diagonal.Length; i++)
        {
            pivot = diagonal[i] - x - (i > 0 ? beside[i - 1] * beside[i - 1] / pivot : 0);
            if (pivot == 0) pivot = -1e-300;
            if (pivot < 0) count++;
        }

        return count;
    }

    // (T − value)·z = vector, by elimination with row exchanges; a pivot of 0 becomes a rounding error's size, which is what makes the iteration converge.
    private static void Solve(double[] diagonal, double[] beside, double value, double[] vector)
    {
        var n = diagonal.Length;
        var (main, above, second) = (new double[n], new double[n], new double[n]);
        var size = Math.Max(diagonal.Max(Math.Abs), beside.Length == 0 ? 0 : beside.Max(Math.Abs));
        var tiny = Math.Max(size, 1e-290) * 2.2e-16;
        for (var i = 0; i < n; i++) (main[i], above[i]) = (diagonal[i] - value, i < n - 1 ? beside[i] : 0);
        for (var i = 0; i < n - 1; i++)
        {
            var below = beside[i];
            if (Math.Abs(below) > Math.Abs(main[i]))
            {
                (main[i], below) = (below, main[i]);
                (above[i], main[i + 1]) = (main[i + 1], above[i]);
                (second[i], above[i + 1]) = (above[i + 1], second[i]);
                (vector[i], vector[i + 1]) = (vector[i + 1], vector[i]);
            }

            if (main[i] == 0) main[i] = tiny;
            var factor = below / main[i];
            main[i + 1] -= factor * above[i];
            above[i + 1] -= factor * second[i];
            vector[i + 1] -= factor * vector[i];
        }

        if (Math.Abs(main[n - 1]) < tiny) main[n - 1] = tiny;
        for (var i = n - 1; i >= 0; i--)
            vector[i] = (vector[i] - (i + 1 < n ? above[i] * vector[i + 1] : 0) - (i + 2 < n ? second[i] * vector[i + 2] : 0)) / main[i];
    }

    private static void Clear(double[] vector, List<(double Value, double[] Vector)> found)
    {
        // Scaled first: near an eigenvalue the solution is huge.
        TensorPrimitives.Divide(vector, TensorPrimitives.MaxMagnitude<double>(vector) is var most && most != 0 ? Math.Abs(most) : 1, vector);
        for (var again = 0; again < 2; again++)
            foreach (var (_, other) in found)
                TensorPrimitives.MultiplyAdd(other, -TensorPrimitives.Dot<double>(other, vector), vector, vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<double>(vector), vector);
    }
}
