using OnnxAudit.Statistics;

namespace OnnxAudit.Comparison.Behaviours;

/// <summary>A named set of samples.</summary>
/// <param name="Kind">"all", "class" or "group".</param>
/// <param name="Name">Empty for "all".</param>
/// <param name="Rows">Row numbers.</param>
public sealed record SampleSlice(string Kind, string Name, int[] Rows)
{
    /// <summary>All samples, then a slice a class, then the groups given. labels: [n].</summary>
    public static IReadOnlyList<SampleSlice> Of(ReadOnlySpan<int> labels, IReadOnlyList<string> classes, IEnumerable<(string Name, IReadOnlyList<int> Rows)> groups)
    {
        var byClass = new List<int>[classes.Count];
        for (var c = 0; c < byClass.Length; c++) byClass[c] = [];
        for (var i = 0; i < labels.Length; i++) byClass[labels[i]].Add(i);
        return
        [
            new("all", "", [.. Enumerable.Range(0, labels.Length)]),
            .. byClass.Select((rows, c) => new SampleSlice("class", classes[c], [.. rows])),
            .. groups.Select(g => new SampleSlice("group", g.Name, [.. g.Rows])),
        ];
    }
}

/// <summary>The mean of one behaviour over a slice.</summary>
/// <param name="Metric">Name of the behaviour.</param>
/// <param name="Base">Mean under the base; NaN for a metric between two models.</param>
/// <param name="Model">Mean under the model; NaN likewise.</param>
/// <param name="Comparison">Mean of the comparison.</param>
/// <param name="Relative">The comparison over the base's mean, for metrics with one; NaN where that is 0.</param>
/// <param name="P">Two-sided p of the paired test; NaN for metrics without a test, and where nothing varies.</param>
/// <param name="Adjusted">P after Holm's correction over the family; NaN without p.</param>
public sealed record BehaviourMean(string Metric, double Base, double Model, double Comparison, double Relative, double P, double Adjusted);

/// <summary>The behaviours of a slice.</summary>
/// <param name="Slice">The samples.</param>
/// <param name="Lost">Right under the base alone.</param>
/// <param name="Gained">Right under the model alone.</param>
/// <param name="Means">A mean a behaviour.</param>
public sealed record SliceBehaviour(SampleSlice Slice, int Lost, int Gained, IReadOnlyList<BehaviourMean> Means);

/// <summary>Behaviours per slice, absolute and relative, with paired significance.</summary>
public static class BehaviourTable
{
    /// <summary>A row a slice; every mean is NaN over an empty one. p values are not corrected yet: see <see cref="Adjust"/>. The behaviours hold "correctness", which tells lost from gained.</summary>
    public static IReadOnlyList<SliceBehaviour> Of(IReadOnlyList<Behaviour> behaviours, IReadOnlyList<SampleSlice> slices) => [.. slices.Select(slice =>
    {
        var change = behaviours.First(b => b.Name == "correctness").Comparison;
        int lost = slice.Rows.Count(i => change[i] < 0), gained = slice.Rows.Count(i => change[i] > 0);
        return new SliceBehaviour(slice, lost, gained, [.. behaviours.Select(b => Mean(b, slice.Rows, lost, gained))]);
    })];

    /// <summary>
    /// The rows with Holm's correction: a family is one metric over all the rows given, so give all that are looked at together. A test without p takes no part.
    /// </summary>
    public static IReadOnlyList<SliceBehaviour> Adjust(IReadOnlyList<SliceBehaviour> rows)
    {
        if (rows.Count == 0) return rows;
        var means = rows.Select(r => r.Means.ToArray()).ToArray();
        for (var metric = 0; metric < means[0].Length; metric++)
        {
            int[] tested = [.. Enumerable.Range(0, rows.Count).Where(r => !double.IsNaN(means[r][metric].P))];
            var adjusted = Holm.Adjust([.. tested.Select(r => means[r][metric].P)]);
            for (var k = 0; k < tested.Length; k++) means[tested[k]][metric] = means[tested[k]][metric] with { Adjusted = adjusted[k] };
        }

        return [.. rows.Select((row, r) => row with { Means = means[r] })];
    }

    private static BehaviourMean Mean(Behaviour behaviour, int[] rows, int lost, int gained)
    {
        var (before, comparison) = (Average(behaviour.Base, rows), Average(behaviour.Comparison, rows));
        var p = behaviour.Test switch
        {
            _ when rows.Length == 0 => double.NaN,
            BehaviourTest.McNemar => McNemar.ExactTwoSided(lost, gained),
            BehaviourTest.PairedT => Welch.Paired([.. rows.Select(i => (double)behaviour.Comparison[i])]).P,
            _ => double.NaN,
        };
        return new BehaviourMean(behaviour.Name, before, Average(behaviour.Model, rows), comparison, before == 0 ? double.NaN : comparison / Math.Abs(before), p, double.NaN);
    }

    private static double Average(float[]? column, int[] rows)
    {
        if (column is null || rows.Length == 0) return double.NaN;
        double sum = 0;
        foreach (var i in rows) sum += column[i];
        return sum / rows.Length;
    }
}
