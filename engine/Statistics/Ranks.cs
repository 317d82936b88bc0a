namespace OnnxAudit.Statistics;

/// <summary>Ranks from 1, equal values sharing the mean of their places.</summary>
public static class Ranks
{
    /// <summary>The average ranks of values in any order, [n]. A NaN has no rank: every rank is NaN then.</summary>
    public static double[] Of(ReadOnlySpan<double> values)
    {
        var ranks = new double[values.Length];
        foreach (var value in values)
        {
            if (!double.IsNaN(value)) continue;
            Array.Fill(ranks, double.NaN);
            return ranks;
        }

        var groups = new TieGroups(values);
        for (int group = 0, place = 0; group < groups.Count; group++)
        {
            var members = groups.Members(group);
            foreach (var i in members) ranks[i] = place + (members.Length + 1) / 2.0;
            place += members.Length;
        }

        return ranks;
    }
}
