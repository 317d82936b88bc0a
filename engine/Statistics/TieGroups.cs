namespace OnnxAudit.Statistics;

/// <summary>Values in ascending order, cut into groups of equal ones: what ranks need, and what makes ranking a resample of the same values linear.</summary>
internal sealed class TieGroups
{
    private readonly int[] _order;
    private readonly int[] _starts;

    /// <summary>Groups values without NaN.</summary>
    internal TieGroups(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        _order = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, _order);
        var starts = new List<int>();
        for (var i = 0; i < sorted.Length; i++)
            if (i == 0 || sorted[i] != sorted[i - 1]) starts.Add(i);
        _starts = [.. starts, sorted.Length];
    }

    /// <summary>Number of distinct values.</summary>
    internal int Count => _starts.Length - 1;

    /// <summary>Where the values of a group stand in the order given; groups ascend by value.</summary>
    internal ReadOnlySpan<int> Members(int group) => _order.AsSpan(_starts[group].._starts[group + 1]);

    /// <summary>The average rank of every value in the resample that holds value i weights[i] times; what a value of weight 0 gets is of no use.</summary>
    internal void Rank(ReadOnlySpan<double> weights, Span<double> ranks)
    {
        var below = 0.0;
        for (var group = 0; group < Count; group++)
        {
            var members = Members(group);
            var same = 0.0;
            foreach (var i in members) same += weights[i];
            foreach (var i in members) ranks[i] = below + (same + 1) / 2;
            below += same;
        }
    }
}
