namespace OnnxAudit.Comparison.Embedding;

/// <summary>
/// How far the neighbours of the layout are neighbours in truth: 1 − 2/(n·k·(2n − 3k − 1)) · Σ_i Σ_j (rank(i,j) − k) over the j that are among the k nearest of i in
/// the layout only. In [0,1], 1 for none. Source: Venna and Kaski, ICANN 2001.
/// </summary>
public static class Trustworthiness
{
    /// <summary>The measure; NaN when k is not in [1, n/2).</summary>
    /// <param name="distances">Between the points in truth.</param>
    /// <param name="layout">Between the points of the layout.</param>
    /// <param name="k">Neighbours, the point itself not counted.</param>
    public static double Of(DistanceMatrix distances, DistanceMatrix layout, int k)
    {
        ArgumentNullException.ThrowIfNull(distances);
        ArgumentNullException.ThrowIfNull(layout);
        var n = distances.Count;
        if (layout.Count != n) throw new ArgumentException(FormattableString.Invariant($"{layout.Count} points of a layout for {n}"), nameof(layout));
        if (k < 1 || 2 * k >= n) return double.NaN;
        var (keys, order, rank) = (new double[n], new int[n], new int[n]);
        var excess = 0L;
        for (var i = 0; i < n; i++)
        {
            Neighbourhoods.Order(distances, i, keys, order);
            for (var r = 0; r < n; r++) rank[order[r]] = r;
            Neighbourhoods.Order(layout, i, keys, order);
            for (var j = 1; j <= k; j++) excess += Math.Max(0, rank[order[j]] - k);
        }

        return 1 - 2.0 * excess / ((double)n * k * (2 * n - 3 * k - 1));
    }
}
