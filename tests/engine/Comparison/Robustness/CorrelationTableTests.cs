using OnnxAudit.Comparison.Robustness;
using OnnxAudit.Kernels;
using OnnxAudit.Statistics;

namespace OnnxAudit.Tests.Comparison.Robustness;

public class CorrelationTableTests
{
    /// <summary>Three cells over four samples, written out: sample 0 right thrice, 1 twice, 2 never, 3 once. Any byte but 0 is right.</summary>
    [Fact]
    public void Robustness_IsTheCountOfCorrectCells()
    {
        var tally = new CorrectTally(4);
        tally.Take([1, 1, 0, 0]);
        tally.Take([1, 1, 0, 0]);
        tally.Take([255, 0, 0, 1]);
        Assert.Equal([3, 2, 0, 1], tally.Counts.ToArray());
        Assert.Equal(3, tally.Cells);
        Assert.Throws<ArgumentException>(() => tally.Take([1]));
    }

    [Fact]
    public void Table_LeavesOutWhatIsExcluded_AndSaysSo()
    {
        NamedColumn target = new("robustness", [1, 2, 3, 99, 4]), angle = new("angle", [8, 6, 4, double.NaN, 2]), flat = new("length", [5, 5, 5, 1, 5]);
        var rows = CorrelationTable.Of([target], [angle, flat], [false, false, false, true, false], new BootstrapOptions(20));
        Assert.Equal(("robustness", "angle", 4, 1, false), (rows[0].Target, rows[0].Measure, rows[0].Samples, rows[0].Excluded, rows[0].Constant));
        Assert.Equal(-1, rows[0].Estimate.Pearson, 1e-14);
        Assert.Equal(-1, rows[0].Estimate.Spearman, 1e-14);
        Assert.True(rows[1].Constant && double.IsNaN(rows[1].Estimate.Pearson) && double.IsNaN(rows[1].Estimate.SpearmanInterval.Low));
        Assert.Throws<ArgumentException>(() => CorrelationTable.Of([target], [new NamedColumn("short", [1])], new bool[5], new BootstrapOptions(20)));
    }

    [Fact]
    public void Flagged_AreSamplesWithoutLength_ClassesWithoutDirection_AndBrokenMeasures()
    {
        float[] angle = [90, 40, 90, 90, 90, 30, 20], length = [0, 1, 1, 2, 3, 1, 1], margin = [0, 1, 2, 3, 4, float.PositiveInfinity, 1];
        int[] labels = [0, 0, 0, 1, 1, 2, 2];
        Assert.Equal([true, false, false, true, true, true, false], FlaggedSamples.Of(angle, length, margin, labels));
    }

    /// <summary>One sample of a class at exactly 90° is a measurement as far as anybody can tell.</summary>
    [Fact]
    public void Flagged_IsNotALoneRightAngle() => Assert.Equal([false], FlaggedSamples.Of([90], [1], [1], [0]));

    /// <summary>More samples right whatever is asked: the correlation of counts does not depend on the order of the cells.</summary>
    [Fact]
    public void Tally_DoesNotDependOnOrder()
    {
        var random = Philox.For(5, "tally");
        byte[][] cells = [.. Enumerable.Range(0, 12).Select(c => (byte[])[.. Enumerable.Range(0, 50).Select(i => (byte)(random.Words((ulong)c, (ulong)i).A & 1))])];
        CorrectTally forward = new(50), backward = new(50);
        foreach (var cell in cells) forward.Take(cell);
        foreach (var cell in cells.Reverse()) backward.Take(cell);
        Assert.Equal(forward.Counts.ToArray(), backward.Counts.ToArray());
        Assert.All(forward.Counts.ToArray(), c => Assert.InRange(c, 0, 12));
    }
}
