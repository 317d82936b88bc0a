namespace OnnxAudit.Statistics;

/// <summary>Holm's step-down correction for several tests.</summary>
public static class Holm
{
    /// <summary>
    /// Adjusted p values, in the order given: with p sorted ascending, p̃₍ᵢ₎ = max over j ≤ i of min(1, (m − j + 1)·p₍ⱼ₎).
    /// Rejecting where p̃ &lt; α keeps the chance of any false rejection below α, whatever the dependence between the tests.
    /// Source: S. Holm, Scand. J. Stat. 6 (1979) 65–70.
    /// </summary>
    /// <exception cref="ArgumentException">A value is NaN or outside [0,1].</exception>
    public static double[] Adjust(ReadOnlySpan<double> p)
    {
        var order = new int[p.Length];
        for (var i = 0; i < order.Length; i++)
        {
            if (!(p[i] is >= 0 and <= 1)) throw new ArgumentException($"p[{i}] is not a probability", nameof(p));
            order[i] = i;
        }

        var values = p.ToArray();
        Array.Sort(order, (a, b) => values[a] != values[b] ? values[a].CompareTo(values[b]) : a.CompareTo(b));
        var adjusted = new double[p.Length];
        var highest = 0.0;
        for (var rank = 0; rank < order.Length; rank++)
        {
            highest = Math.Max(highest, Math.Min(1, (order.Length - rank) * values[order[rank]]));
            adjusted[order[rank]] = highest;
        }

        return adjusted;
    }
}
