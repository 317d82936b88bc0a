using OnnxAudit.Runs;

namespace OnnxAudit.Tests.Runs;

public sealed class TopLineTests
{
    [Fact]
    public void CalibrationError_MatchesTheDefinition_WrittenOutSlowly()
    {
        var random = new Random(5);
        const int n = 1000;
        var confidence = new float[n];
        var correct = new byte[n];
        for (var i = 0; i < n; i++)
        {
            confidence[i] = i % 50 == 0 ? i % 100 == 0 ? 0f : 1f : random.NextSingle();
            correct[i] = (byte)(random.NextDouble() < confidence[i] * 0.8 ? 1 : 0);
        }

        var all = Enumerable.Range(0, n).ToArray();
        double expected = 0;
        for (var b = 0; b < 15; b++)
        {
            var members = all.Where(i => (confidence[i] > b / 15.0 || b == 0) && confidence[i] <= (b + 1) / 15.0).ToArray();
            if (members.Length == 0) continue;
            expected += members.Length / (double)n * Math.Abs(members.Average(i => correct[i]) - members.Average(i => (double)confidence[i]));
        }

        Assert.Equal(expected, TopLine.CalibrationError(correct, confidence, all), 12);
    }

    [Fact]
    public void EmptySubset_HasNoFigures()
    {
        foreach (var (_, value) in TopLine.Of([1], [0.1f], [0.9f], [])) Assert.True(double.IsNaN(value));
    }

    [Fact]
    public void Figures_AreOverTheSubsetAlone()
    {
        var figures = TopLine.Of([1, 0, 1], [0.1f, 9f, 0.3f], [0.9f, 0.5f, 0.7f], [0, 2]).ToDictionary();
        Assert.Equal(1.0, figures["accuracy"]);
        Assert.Equal(0.2, figures["nll"], 6);
        Assert.Equal(0.2, figures["ece"], 6);
    }

    [Fact]
    public void Quantiles_OfTenPasses_InterpolateLinearly()
    {
        var figures = Latency.Quantiles("batch", [10, 1, 2, 3, 4, 5, 6, 7, 8, 9], 32).ToDictionary();
        Assert.Equal(5.5, figures["latency.batch.p50_ms"], 12);
        Assert.Equal(9.55, figures["latency.batch.p95_ms"], 12);
        Assert.Equal(32000 / 5.5, figures["throughput.batch"], 9);
    }
}
