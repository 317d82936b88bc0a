using OnnxAudit.Kernels;
using OnnxAudit.Statistics;

namespace OnnxAudit.Tests.Statistics;

public class HolmTests
{
    /// <summary>R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").</summary>
    [Fact]
    public void Adjust_AgreesWithR()
    {
        var adjusted = Holm.Adjust([0.01, 0.04, 0.03, 0.005]);
        double[] expected = [0.03, 0.06, 0.06, 0.02];
        for (var i = 0; i < 4; i++) Assert.Equal(expected[i], adjusted[i], 1e-15);
    }

    [Fact]
    public void Adjusted_NeverExceedsOne_AndKeepsTies()
    {
        Assert.Equal([1, 1, 1], Holm.Adjust([0.5, 0.9, 0.5]));
        Assert.Equal([0.2], Holm.Adjust([0.2]));
        Assert.Empty(Holm.Adjust([]));
    }

    [Fact]
    public void ProbabilityOutsideItsRange_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Holm.Adjust([double.NaN]));
        Assert.Throws<ArgumentException>(() => Holm.Adjust([1.1]));
    }

    /// <summary>The what-if answer must be what a new family with that one value replaced gives.</summary>
    [Fact]
    public void AdjustedIf_IsTheAdjustmentWithTheValueReplaced()
    {
        var numbers = Philox.For(7, "holm");
        for (uint round = 0; round < 300; round++)
        {
            var p = new double[1 + round % 9];
            for (uint i = 0; i < p.Length; i++) p[i] = Math.Round(Philox.ToUnit(numbers.Words(round, i).A), 1);
            var which = (int)(round % (uint)p.Length);
            var smaller = p[which] * Philox.ToUnit(numbers.Words(round, 99).B);
            var expected = (double[])p.Clone();
            expected[which] = smaller;
            Assert.Equal(Holm.Adjust(expected)[which], new HolmFamily(p).AdjustedIf(smaller), 1e-15);
        }
    }
}
