using OnnxAudit.Comparison.Behaviours;
using OnnxAudit.Statistics;

namespace OnnxAudit.Tests.Comparison.Behaviours;

public class BehaviourTableTests
{
    private static readonly int[] Labels = [0, 0, 0, 1, 1, 1];
    private static readonly Behaviour Correctness = Of("correctness", BehaviourTest.McNemar, [1, 1, 0, 1, 1, 0], [0, 0, 1, 1, 0, 0]);
    private static readonly Behaviour Confidence = Of("confidence", BehaviourTest.PairedT, [0.9f, 0.8f, 0.1f, 0.7f, 0.6f, 0.2f], [0.2f, 0.3f, 0.8f, 0.7f, 0.1f, 0.2f]);
    private static readonly Behaviour Distance = new("kl", BehaviourTest.None, null, null, [1, 2, 3, 4, 5, 6]);
    private static readonly IReadOnlyList<SampleSlice> Slices = SampleSlice.Of(Labels, ["cat", "dog", "none"], [("dark", [0, 1, 4])]);

    [Fact]
    public void Slices_AreAllThenClassesThenGroups()
    {
        Assert.Equal([("all", "", 6), ("class", "cat", 3), ("class", "dog", 3), ("class", "none", 0), ("group", "dark", 3)], Slices.Select(s => (s.Kind, s.Name, s.Rows.Length)));
        Assert.Equal([3, 4, 5], Slices[2].Rows);
    }

    [Fact]
    public void Means_AreOverTheSlice_AbsoluteAndRelative()
    {
        var rows = BehaviourTable.Of([Correctness, Confidence, Distance], Slices);
        Assert.Equal([(3, 1), (2, 1), (1, 0), (0, 0), (3, 0)], rows.Select(r => (r.Lost, r.Gained)));
        var all = rows[0].Means[0];
        Assert.Equal((4.0 / 6, 2.0 / 6, -2.0 / 6), (all.Base, all.Model, all.Comparison));
        Assert.Equal(-0.5, all.Relative, 1e-12);
        Assert.Equal(McNemar.ExactTwoSided(3, 1), all.P);
        Assert.Equal(Welch.Paired([.. Confidence.Comparison.Select(v => (double)v)]).P, rows[0].Means[1].P);
        var distance = rows[4].Means[2];
        Assert.True(distance.Comparison == 8.0 / 3 && double.IsNaN(distance.Base) && double.IsNaN(distance.P) && double.IsNaN(distance.Relative));
        Assert.All(rows[3].Means, m => Assert.True(double.IsNaN(m.Comparison) && double.IsNaN(m.P)));
    }

    [Fact]
    public void Relative_IsNotThere_OverABaseOfZero() =>
        Assert.True(double.IsNaN(BehaviourTable.Of([Of("correctness", BehaviourTest.McNemar, [0, 0], [1, 0])], [new("all", "", [0, 1])])[0].Means[0].Relative));

    /// <summary>A family is one metric over all rows; the empty class has no p and does not count.</summary>
    [Fact]
    public void Adjusted_AreHolmsOverTheRowsOfAMetric()
    {
        var rows = BehaviourTable.Adjust(BehaviourTable.Of([Correctness, Confidence, Distance], Slices));
        foreach (var metric in new[] { 0, 1 })
        {
            int[] tested = [0, 1, 2, 4];
            Assert.Equal(Holm.Adjust([.. tested.Select(r => rows[r].Means[metric].P)]), tested.Select(r => rows[r].Means[metric].Adjusted));
        }

        Assert.All(rows, r => Assert.True(double.IsNaN(r.Means[2].Adjusted)));
        Assert.True(double.IsNaN(rows[3].Means[0].Adjusted));
        Assert.Empty(BehaviourTable.Adjust([]));
    }

    private static Behaviour Of(string name, BehaviourTest test, float[] before, float[] after) => new(name, test, before, after, [.. after.Zip(before, (a, b) => a - b)]);
}
