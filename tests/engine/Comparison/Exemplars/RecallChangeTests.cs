using OnnxAudit.Comparison.Exemplars;
using OnnxAudit.Statistics;

namespace OnnxAudit.Tests.Comparison.Exemplars;

public class RecallChangeTests
{
    private static readonly int[] Labels = [0, 0, 0, 0, 1, 1];
    private static readonly int[][] Dense = [[0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 1]];
    private static readonly int[][] Pruned = [[0, 1, 1, 1, 1, 1], [0, 0, 1, 1, 1, 0]];

    /// <summary>Recalls of class 0: 1 and ¾, then ¼ and ½; of class 1: 1 and 1, then 1 and ½; accuracies 1, 5/6, then ½ and ½.</summary>
    [Fact]
    public void Recalls_AreMeansOverModels_AndTestedByWelch()
    {
        var rows = RecallChange.Of(Dense, Pruned, Labels, 3);
        Assert.Equal((0, 4, 0.875, 0.375), (rows[0].Class, rows[0].Samples, rows[0].Before, rows[0].After));
        Assert.Equal((1, 2, 1.0, 0.75), (rows[1].Class, rows[1].Samples, rows[1].Before, rows[1].After));
        Assert.Equal(Welch.Test([1, 0.75], [0.25, 0.5]), rows[0].Recall);
        Assert.Equal(Welch.Test([0, 0.75 - 5.0 / 6], [-0.25, 0]), rows[0].Departure);
        Assert.True(rows[2].Samples == 0 && double.IsNaN(rows[2].Before) && double.IsNaN(rows[2].Recall.P));
    }

    [Fact]
    public void OneModelASide_HasNoTest() => Assert.All(RecallChange.Of(Dense[..1], Pruned[..1], Labels, 2), r => Assert.True(double.IsNaN(r.Recall.P) && double.IsFinite(r.Recall.Difference)));

    [Fact]
    public void NoModels_AreRefused() => Assert.Throws<ArgumentException>(() => RecallChange.Of([], Pruned, Labels, 2));
}
