using OnnxAudit.Comparison.Similarity;

namespace OnnxAudit.Tests.Comparison.Similarity;

/// <summary>CKA between every two models.</summary>
public class CkaTableTests
{
    private static readonly FeatureSet[] Sets =
        [.. new[] { 5, 9, 5 }.Select((width, i) => new FeatureSet($"m{i}", 80, width, () => PhiloxNumbers.NormalFloats((ulong)(i % 2 + 1), 80 * width)))];

    [Fact]
    public void Table_HoldsEveryPair_BothWaysRound()
    {
        var table = CkaTable.Of("s", Sets, 2);
        Assert.Equal(["m0", "m1", "m2"], table.Models);
        Assert.Equal(LinearCka.Of(Sets[0].Read(), 5, Sets[1].Read(), 9), table[0, 1], 1e-12);
        Assert.Equal(table[0, 1], table[1, 0]);
        // The same features under two names.
        Assert.Equal(1, table[0, 2], 1e-12);
        Assert.Equal(1, table[1, 1]);
        Assert.Equal(table.Values, CkaTable.Of("s", Sets, 1).Values);
    }

    [Fact]
    public void FeaturesThatDoNotVary_AreUndefined_EvenWithThemselves()
    {
        var table = CkaTable.Of("s", [Sets[0], new FeatureSet("flat", 80, 2, () => [.. Enumerable.Range(0, 160).Select(i => i % 2 + 1f)])], 1);
        Assert.Equal((double.NaN, double.NaN, 1), (table[0, 1], table[1, 1], table[0, 0]));
    }

    [Fact]
    public void ModelsOfDifferentSamples_AreRefused() =>
        Assert.StartsWith("late on s: found 3 samples; expected 80", Assert.Throws<AuditException>(() => CkaTable.Of("s", [Sets[0], new FeatureSet("late", 3, 1, () => [1, 2, 3])], 1)).Message, StringComparison.Ordinal);
}
