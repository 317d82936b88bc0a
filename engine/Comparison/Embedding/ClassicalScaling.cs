using OnnxAudit.Statistics;

namespace OnnxAudit.Comparison.Embedding;

/// <summary>A placing of n points in two dimensions.</summary>
/// <param name="Coordinates">x, y of every point, [n,2].</param>
/// <param name="Explained">Share of the squared distances that the two dimensions keep, (λ₁+λ₂)/trace B of classical scaling; NaN where the method has none.</param>
/// <param name="Notes">Remarks, such as settings that the number of points did not allow.</param>
public sealed record PlaneLayout(double[] Coordinates, double Explained, IReadOnlyList<string> Notes);

/// <summary>
/// Classical scaling: the two leading principal coordinates of B = −½·J·D²·J, J = I − 1/n, scaled by √λ. Deterministic: of each axis the entry of largest size is
/// positive. Of Euclidean distances it equals principal components. Source: Torgerson, Psychometrika 17, 1952.
/// </summary>
public static class ClassicalScaling
{
    /// <summary>The layout; a dimension whose eigenvalue is not positive is 0. Cost n³.</summary>
    public static PlaneLayout Place(DistanceMatrix distances, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(distances);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var n = distances.Count;
        var layout = new double[2 * n];
        if (n < 2) return new PlaneLayout(layout, double.NaN, []);
        var centred = Centred(distances);
        var trace = 0.0;
        for (var i = 0; i < n; i++) trace += centred[i * n + i];
        var pairs = SymmetricEigen.Few(centred, n, [n - 1, n - 2], threads);
        var kept = 0.0;
        for (var axis = 0; axis < 2; axis++)
        {
            // Rounding leaves eigenvalues of this size where there is no dimension.
            if (pairs[axis].Value <= 1e-12 * Math.Abs(trace)) continue;
            kept += pairs[axis].Value;
            for (var i = 0; i < n; i++) layout[2 * i + axis] = pairs[axis].Vector[i] * Math.Sqrt(pairs[axis].Value);
        }

        return new PlaneLayout(layout, trace > 0 ? Math.Min(1, kept / trace) : double.NaN, []);
    }

    private static double[] Centred(DistanceMatrix distances)
    {
        var n = distances.Count;
        var b = new double[n * n];
        var means = new double[n];
        for (var i = 0; i < n; i++)
        {
            var row = distances.Row(i);
            for (var j = 0; j < n; j++) means[i] += (b[i * n + j] = row[j] * row[j]) / n;
        }

        var mean = means.Sum() / n;
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) b[i * n + j] = -0.5 * (b[i * n + j] - means[i] - means[j] + mean);
        return b;
    }
}
