using OnnxAudit.Kernels;
using OnnxAudit.Statistics;

namespace OnnxAudit.Comparison.Embedding;

/// <summary>Where the points stand before the first epoch.</summary>
internal static class UmapStart
{
    private const double Reach = 10, Noise = 1e-4;

    /// <summary>
    /// Eigenvectors 2 and 3 (ascending) of I − D^(−½)·w·D^(−½); of a graph in several pieces, classical scaling of all points. Scaled so that the largest
    /// coordinate is 10, with noise N(0, 1e-4), then each axis stretched to [0, 10].
    /// </summary>
    public static double[] Of(FuzzyGraph graph, DistanceMatrix distances, UmapSettings settings, List<string> notes)
    {
        double[] at;
        if (graph.IsConnected()) at = Spectral(graph, settings.Threads);
        else
        {
            at = ClassicalScaling.Place(distances, settings.Threads).Coordinates;
            notes.Add("The neighbour graph is in several pieces: UMAP starts from classical scaling, not from the graph's eigenvectors.");
        }

        var largest = at.Max(Math.Abs);
        var numbers = Philox.For(settings.Seed, "umap start");
        for (var i = 0; i < at.Length; i++) at[i] = (largest > 0 ? at[i] * (Reach / largest) : 0) + Noise * Normal(numbers.Words((ulong)i, 0));
        for (var axis = 0; axis < 2; axis++)
        {
            double low = double.PositiveInfinity, high = double.NegativeInfinity;
            for (var i = axis; i < at.Length; i += 2) (low, high) = (Math.Min(low, at[i]), Math.Max(high, at[i]));
            for (var i = axis; i < at.Length; i += 2) at[i] = Reach * (at[i] - low) / (high - low);
        }

        return at;
    }

    private static double[] Spectral(FuzzyGraph graph, int threads)
    {
        var n = graph.Count;
        var root = new double[n];
        for (var i = 0; i < n; i++)
        {
            for (var e = graph.Start[i]; e < graph.Start[i + 1]; e++) root[i] += graph.Weight[e];
            root[i] = Math.Sqrt(root[i]);
        }

        var laplacian = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            laplacian[i * n + i] = 1;
            for (var e = graph.Start[i]; e < graph.Start[i + 1]; e++) laplacian[i * n + graph.Column[e]] = -graph.Weight[e] / (root[i] * root[graph.Column[e]]);
        }

        var pairs = SymmetricEigen.Few(laplacian, n, [0, 1, 2], threads);
        var at = new double[2 * n];
        for (var i = 0; i < n; i++) (at[2 * i], at[2 * i + 1]) = (pairs[1].Vector[i], pairs[2].Vector[i]);
        return at;
    }

    // Box and Muller; 1 − u keeps the logarithm finite.
    private static double Normal((uint A, uint B, uint C, uint D) words) =>
        Math.Sqrt(-2 * Math.Log(1 - Philox.ToUnit(words.A))) * Math.Cos(2 * Math.PI * Philox.ToUnit(words.B));
}
