namespace OnnxAudit.Comparison.Embedding;

/// <summary>The k nearest points of each, itself first at distance 0; of equals the lower index. Index and distance: [n,k].</summary>
internal sealed record Neighbourhoods(int Count, int K, int[] Index, double[] Distance)
{
    /// <summary>Exact neighbours.</summary>
    public static Neighbourhoods Of(DistanceMatrix distances, int k)
    {
        var n = distances.Count;
        var (index, distance) = (new int[n * k], new double[n * k]);
        var keys = new double[n];
        var order = new int[n];
        for (var i = 0; i < n; i++)
        {
            Order(distances, i, keys, order);
            for (var j = 0; j < k; j++) (index[i * k + j], distance[i * k + j]) = (order[j], distances[i, order[j]]);
        }

        return new Neighbourhoods(n, k, index, distance);
    }

    /// <summary>All points by distance from <paramref name="i"/>: itself, then the others, of equals the lower index first.</summary>
    internal static void Order(DistanceMatrix distances, int i, double[] keys, int[] order)
    {
        distances.Row(i).CopyTo(keys);
        for (var j = 0; j < order.Length; j++) order[j] = j;
        keys[i] = -1;
        Array.Sort(keys, order);
        // Array.Sort is not stable: runs of equal distances are put in index order.
        for (var from = 0; from < order.Length;)
        {
            var to = from + 1;
            while (to < order.Length && keys[to] == keys[from]) to++;
            if (to - from > 1) Array.Sort(order, from, to - from);
            from = to;
        }
    }
}
