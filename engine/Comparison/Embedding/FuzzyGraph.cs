namespace OnnxAudit.Comparison.Embedding;

/// <summary>
/// The fuzzy simplicial set of points: memberships v_ij = exp(−max(0, d_ij − ρ_i)/s_i) over neighbours, joined as w = v + vᵀ − v∘vᵀ. Rows in compressed form;
/// symmetric; nothing on the diagonal. Source: arXiv 1802.03426, algorithms 2 and 3.
/// </summary>
internal sealed record FuzzyGraph(int Count, int[] Start, int[] Column, double[] Weight)
{
    private const int MostSteps = 64;
    private const double Tolerance = 1e-5, SmallestShare = 1e-3;

    /// <summary>The graph of neighbourhoods, without edges below the largest over <paramref name="epochs"/>: those would never be drawn.</summary>
    public static FuzzyGraph Of(Neighbourhoods near, int epochs)
    {
        var (n, k) = (near.Count, near.K);
        var mean = near.Distance.Average();
        var rows = new SortedDictionary<int, double>[n];
        for (var i = 0; i < n; i++) rows[i] = [];
        for (var i = 0; i < n; i++)
        {
            var d = near.Distance.AsSpan(i * k, k);
            var (rho, scale) = Scales(d, mean);
            for (var j = 1; j < k; j++)
            {
                var v = d[j] <= rho ? 1 : Math.Exp(-(d[j] - rho) / scale);
                var to = near.Index[i * k + j];
                rows[i][to] = Joined(rows[i].GetValueOrDefault(to), v);
                rows[to][i] = rows[i][to];
            }
        }

        var largest = rows.SelectMany(r => r.Values).DefaultIfEmpty(0).Max();
        var kept = rows.Select(r => r.Where(e => e.Value > 0 && e.Value >= largest / epochs).ToArray()).ToArray();
        var start = new int[n + 1];
        for (var i = 0; i < n; i++) start[i + 1] = start[i] + kept[i].Length;
        return new FuzzyGraph(n, start, [.. kept.SelectMany(r => r).Select(e => e.Key)], [.. kept.SelectMany(r => r).Select(e => e.Value)]);
    }

    /// <summary>Whether every point can be reached from every other.</summary>
    public bool IsConnected()
    {
        var seen = new bool[Count];
        var open = new Stack<int>([0]);
        seen[0] = true;
        var reached = 0;
        while (open.TryPop(out var i))
        {
            reached++;
            for (var e = Start[i]; e < Start[i + 1]; e++)
                if (!seen[Column[e]])
                {
                    seen[Column[e]] = true;
                    open.Push(Column[e]);
                }
        }

        return reached == Count;
    }

    /// <summary>ρ, the least distance that is not 0, and s with Σ_{j≥2} exp(−max(0, d_j − ρ)/s) = log₂ k. distances: [k], itself first; mean: of all points' distances.</summary>
    internal static (double Rho, double Scale) Scales(ReadOnlySpan<double> distances, double mean)
    {
        var rho = 0.0;
        foreach (var d in distances)
            if (d > 0)
            {
                rho = d;
                break;
            }

        var target = Math.Log2(distances.Length);
        double low = 0, high = double.PositiveInfinity, scale = 1, own = 0;
        foreach (var d in distances) own += d / distances.Length;
        for (var step = 0; step < MostSteps; step++)
        {
            var sum = 0.0;
            foreach (var d in distances[1..]) sum += d <= rho ? 1 : Math.Exp(-(d - rho) / scale);
            if (Math.Abs(sum - target) < Tolerance) break;
            if (sum > target) (high, scale) = (scale, (low + scale) / 2);
            else (low, scale) = (scale, double.IsPositiveInfinity(high) ? scale * 2 : (scale + high) / 2);
        }

        return (rho, Math.Max(scale, SmallestShare * (rho > 0 ? own : mean)));
    }

    // v + vᵀ − v·vᵀ whichever of the two comes first; the other is 0 until it is met.
    private static double Joined(double before, double v) => before + v - before * v;
}
