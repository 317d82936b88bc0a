namespace OnnxAudit.Compression.Quantisation;

/// <summary>
/// At most k numbers that stand for many with the least squared error. The start is the optimal partition (<see cref="OptimalPartition"/>) of the distinct values, or
/// of 8,192 runs of equal count where there are more of them; from it Lloyd's steps over all the values go on until nothing moves. With no more than 8,192 distinct values the
/// result is the optimum. Where exact zeros are at least one value in k (k ≥ 4), 0 is an entry of its own and the other entries are chosen around it: pruned weights stay pruned.
/// </summary>
internal sealed class Codebook
{
    private const int Points = 8192;
    private const int MostSteps = 200;
    private const int FewestWithZero = 4;

    private Codebook(float[] entries) => Entries = entries;

    /// <summary>The entries, ascending and distinct.</summary>
    public float[] Entries { get; }

    /// <summary>Chooses entries for finite values; −0 counts as 0.</summary>
    public static Codebook Of(ReadOnlySpan<float> values, int entries)
    {
        var sorted = values.ToArray();
        foreach (ref var value in sorted.AsSpan()) value += 0f; // −0 becomes 0
        Array.Sort(sorted);
        var held = entries >= FewestWithZero && (long)sorted.Count(v => v == 0) * entries >= sorted.Length && sorted.Any(v => v != 0);
        var data = new SortedValues(held ? [.. sorted.Where(v => v != 0)] : sorted);
        if (data.Distinct <= entries - (held ? 1 : 0)) return new Codebook([.. sorted.Distinct()]);
        var centres = Start(data, entries - (held ? 1 : 0));
        if (held) centres = [.. centres.Append(0).Order()];
        return new Codebook(Moved(new SortedValues(sorted), centres, held));
    }

    /// <summary>Index of the nearest entry of each value, the lower one of two as near.</summary>
    public byte[] Indices(ReadOnlySpan<float> values)
    {
        var middles = Middles([.. Entries.Select(e => (double)e)]);
        var indices = new byte[values.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            var at = Array.BinarySearch(middles, values[i]);
            indices[i] = (byte)(at < 0 ? ~at : at);
        }

        return indices;
    }

    private static double[] Start(SortedValues data, int entries)
    {
        var cuts = data.Distinct <= Points ? data.Runs : [.. Enumerable.Range(0, Points + 1).Select(i => (int)((long)data.Count * i / Points))];
        var points = cuts.Length - 1;
        var (means, counts) = (new double[points], new double[points]);
        for (var i = 0; i < points; i++) (means[i], counts[i]) = (data.Mean(cuts[i], cuts[i + 1]), cuts[i + 1] - cuts[i]);
        var starts = OptimalPartition.Of(means, counts, entries);
        return [.. starts.Select((s, c) => data.Mean(cuts[s], cuts[c + 1 < starts.Length ? starts[c + 1] : points]))];
    }

    // Lloyd: every value to its nearest entry, every entry but a held 0 to the mean of its values.
    private static float[] Moved(SortedValues data, double[] centres, bool held)
    {
        var cuts = new int[centres.Length + 1];
        cuts[^1] = data.Count;
        for (var step = 0; step < MostSteps; step++)
        {
            var middles = Middles(centres);
            var changed = false;
            for (var c = 1; c < centres.Length; c++)
            {
                var cut = data.UpTo(middles[c - 1]);
                changed |= cut != cuts[c];
                cuts[c] = cut;
            }

            if (!changed) break;
            for (var c = 0; c < centres.Length; c++)
                if (cuts[c] < cuts[c + 1] && !(held && centres[c] == 0)) centres[c] = data.Mean(cuts[c], cuts[c + 1]);
        }

        return [.. centres.Where((_, c) => cuts[c] < cuts[c + 1]).Select(c => (float)c).Distinct().Order()];
    }

    private static double[] Middles(double[] centres)
    {
        var middles = new double[centres.Length - 1];
        for (var c = 0; c < middles.Length; c++) middles[c] = (centres[c] + centres[c + 1]) / 2;
        return middles;
    }
}
