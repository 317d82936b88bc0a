using OnnxAudit.Comparison.Behaviours;

namespace OnnxAudit.Tests.Comparison.Behaviours;

public class ChangedPairsTests
{
    private static readonly int[] Labels = [0, 0, 0, 1, 1, 2, 2];
    private static readonly int[] Before = [0, 0, 1, 1, 2, 2, 0];
    private static readonly int[] After = [1, 1, 0, 1, 1, 2, 1];

    [Fact]
    public void Pairs_AreByFrequency_ThenClasses()
    {
        var pairs = ChangedPairs.Of(Before, After, Labels);
        Assert.Equal([new(0, 1, 3, 0.6, 2, 0), new(1, 0, 1, 0.2, 0, 1), new ChangedPair(2, 1, 1, 0.2, 0, 1)], pairs);
        Assert.Equal(1, pairs.Sum(p => p.Share), 1e-12);
        Assert.Empty(ChangedPairs.Of(Before, Before, Labels));
        Assert.Throws<ArgumentException>(() => ChangedPairs.Of(Before, After, [0]));
    }

    /// <summary>Class 0 taken for 1: once before, thrice after; 1 for 2: once, never; 2 for 0: once, never; 2 for 1: never, once.</summary>
    [Fact]
    public void Confusions_AreBySizeOfTheirChange()
    {
        var changes = ChangedPairs.Confusions([0, 0, 1, 1, 2, 2, 0], [1, 1, 1, 1, 1, 2, 1], Labels);
        Assert.Equal([new(0, 1, 1, 3), new(1, 2, 1, 0), new(2, 0, 1, 0), new ConfusionChange(2, 1, 0, 1)], changes);
    }

    [Fact]
    public void Instances_AreTheLargestChanges_EqualOnesByRow() =>
        Assert.Equal([new(3, -5), new(1, 2), new ChangedInstance(4, -2)], ChangedPairs.Instances([0, 2, 1, -5, -2, 0], 3));
}
