using OnnxAudit.Comparison.Behaviours;

namespace OnnxAudit.Tests.Comparison.Behaviours;

public class TransitionsTests
{
    [Fact]
    public void EverySample_TakesOneTransition()
    {
        var kinds = Transitions.Of([1, 1, 0, 0, 1], [1, 0, 0, 1, 0]);
        Assert.Equal([Transition.BothRight, Transition.Lost, Transition.BothWrong, Transition.Gained, Transition.Lost], kinds);
        Assert.Throws<ArgumentException>(() => Transitions.Of([1], []));
    }

    [Fact]
    public void Changes_AreSummarisedPerTransition()
    {
        var kinds = Transitions.Of([1, 1, 0, 1], [1, 0, 0, 0]);
        var rows = Transitions.Summarise(kinds, [new PairedMeasure("angle", [10, 20, 30, 40], [11, 25, 30, 47])]);
        Assert.Equal([1, 1, 2, 0], rows.Select(r => r.Samples));
        Assert.Equal(0.5, rows[(int)Transition.Lost].Share);
        Assert.Equal(1, rows.Sum(r => r.Share));
        var lost = rows[(int)Transition.Lost].Changes.Single();
        Assert.Equal(("angle", 6.0, 5.0, 7.0), (lost.Key, lost.Value.Mean, lost.Value.Min, lost.Value.Max));
        Assert.True(double.IsNaN(rows[(int)Transition.Gained].Changes.Single().Value.Mean));
        Assert.Throws<ArgumentException>(() => Transitions.Summarise(kinds, [new PairedMeasure("angle", [1], [1])]));
    }
}
