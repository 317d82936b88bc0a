using OnnxAudit.Training.Retraining;

namespace OnnxAudit.Tests.Training.Retraining;

/// <summary>Shares after each round against numbers worked out by hand.</summary>
public class AmountRampTests
{
    [Theory]
    [InlineData(AmountRamp.Geometric, 0, 0.9, new[] { 0.5358411166387221, 0.7845565309968117, 0.9 })] // 1 - 0.1^(1/3), 1 - 0.1^(2/3)
    [InlineData(AmountRamp.Geometric, 0, 0.75, new[] { 0.5, 0.75 })]
    [InlineData(AmountRamp.Geometric, 0.5, 0.875, new[] { 0.75, 0.875 })] // half of what is left, twice
    [InlineData(AmountRamp.Linear, 0, 0.9, new[] { 0.3, 0.6, 0.9 })]
    [InlineData(AmountRamp.Linear, 0.5, 0.9, new[] { 0.6, 0.7, 0.8, 0.9 })]
    [InlineData(AmountRamp.Cubic, 0, 0.9, new[] { 0.6333333333333333, 0.8666666666666667, 0.9 })] // 0.9 - 0.9*8/27, 0.9 - 0.9/27
    [InlineData(AmountRamp.Cubic, 0.5, 0.9, new[] { 0.6084, 0.6952, 0.7628, 0.8136, 0.85, 0.8744, 0.8892, 0.8968, 0.8996, 0.9 })] // 1 - biprop's kept shares
    public void At_IsTheFormula(AmountRamp ramp, double start, double amount, double[] expected)
    {
        for (var round = 1; round <= expected.Length; round++)
            Assert.Equal(expected[round - 1], ramp.At(start, amount, round, expected.Length), 1e-12);
    }

    [Fact]
    public void TheLastRound_RemovesExactlyTheAmount()
    {
        foreach (var ramp in Enum.GetValues<AmountRamp>())
            foreach (var amount in new[] { 0.1, 0.35, 0.9, 0.999 })
                foreach (var rounds in new[] { 1, 3, 7 }) Assert.Equal(amount, ramp.At(0.05, amount, rounds, rounds));
    }

    [Fact]
    public void Names_AreAllRamps() => Assert.Equal(Enum.GetValues<AmountRamp>(), AmountRamps.Names.Values);
}
