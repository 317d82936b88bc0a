using System.Numerics.Tensors;
using OnnxAudit.Statistics;

namespace OnnxAudit.Compression.Factorisation;

/// <summary>
/// A matrix as the product of two thin ones, W ≈ (U·√Σ)·(√Σ·Vᵀ), the truncated singular value decomposition: of all matrices of that rank the nearest to W (Eckart and Young 1936).
/// </summary>
/// <param name="Left">[rows, rank].</param>
/// <param name="Right">[rank, columns].</param>
/// <param name="Rank">Rank.</param>
/// <param name="Energy">Share of Σσ² kept; 1 − ‖W − Left·Right‖² / ‖W‖² up to float32 rounding.</param>
internal sealed record LowRank(float[] Left, float[] Right, int Rank, double Energy)
{
    private const int Block = 1024;

    /// <summary>
    /// The leading part of a row-major matrix. From the eigenvectors of the smaller Gram matrix in float64 and a projection onto them, so that small singular values, which squaring
    /// blurs, matter as little as they weigh. A matrix of zeros has rank 1 and energy 1.
    /// </summary>
    /// <param name="matrix">[rows, columns], finite.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="rank">The rank, at most min(rows, columns); null: the smallest with <paramref name="energy"/>.</param>
    /// <param name="energy">Share of Σσ² to keep, in (0, 1].</param>
    /// <param name="threads">Threads; the result does not depend on them.</param>
    public static LowRank Of(float[] matrix, int rows, int columns, int? rank, double energy, int threads)
    {
        if (rows > columns)
        {
            var turned = Of(Transposed(matrix, rows, columns), columns, rows, rank, energy, threads);
            return turned with { Left = Transposed(turned.Right, turned.Rank, rows), Right = Transposed(turned.Left, columns, turned.Rank) };
        }

        var gram = Gram(matrix, rows, columns, threads);
        double total = 0, kept = 0;
        for (var i = 0; i < rows; i++) total += gram[i * rows + i];
        var taken = 0;
        var pairs = SymmetricEigen.Leading(gram, rows, value =>
        {
            if (rank is { } given ? taken == given : taken > 0 && kept >= energy * total) return false;
            taken++;
            kept += Math.Max(0, value);
            return true;
        }, threads);
        var (left, right) = (new float[rows * taken], new float[taken * columns]);
        for (var r = 0; r < taken; r++)
        {
            // U's column, and Σ·Vᵀ as W projected on it; each gets √σ.
            var (value, vector) = pairs[r];
            var row = Projected(matrix, columns, vector);
            var root = Math.Sqrt(Math.Sqrt(Math.Max(0, value)));
            for (var i = 0; i < rows; i++) left[i * taken + r] = (float)(vector[i] * root);
            for (var j = 0; j < columns && root > 0; j++) right[r * columns + j] = (float)(row[j] / root);
        }

        return new LowRank(left, right, taken, total > 0 ? Math.Min(1, kept / total) : 1);
    }

    // W·Wᵀ, block of columns after block, which keeps the float64 copy small.
    private static double[] Gram(float[] matrix, int rows, int columns, int threads)
    {
        var gram = new double[rows * rows];
        var block = new double[rows * Math.Min(Block, columns)];
        for (var from = 0; from < columns; from += Block)
        {
            var (start, width) = (from, Math.Min(Block, columns - from));
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < width; j++) block[i * width + j] = matrix[i * columns + start + j];
            Parallel.For(0, rows, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
            {
                for (var k = 0; k <= i; k++) gram[i * rows + k] += TensorPrimitives.Dot<double>(block.AsSpan(i * width, width), block.AsSpan(k * width, width));
            });
        }

        for (var i = 0; i < rows; i++)
            for (var k = 0; k < i; k++) gram[k * rows + i] = gram[i * rows + k];
        return gram;
    }

    private static double[] Projected(float[] matrix, int columns, double[] vector)
    {
        var row = new double[columns];
        for (var i = 0; i < vector.Length; i++)
            for (var j = 0; j < columns; j++) row[j] += vector[i] * matrix[i * columns + j];
        return row;
    }

    private static float[] Transposed(float[] matrix, int rows, int columns)
    {
        var turned = new float[matrix.Length];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) turned[j * rows + i] = matrix[i * columns + j];
        return turned;
    }
}
