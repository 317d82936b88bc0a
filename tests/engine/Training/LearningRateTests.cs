using OnnxAudit.Training;

namespace OnnxAudit.Tests.Training;

/// <summary>Schedules against PyTorch's, 40 steps in 4 epochs, peak 0.4.</summary>
public class LearningRateTests
{
    public static TheoryData<string, LearningRate> Schedules => new()
    {
        { "cosine", new() { Peak = 0.4, Kind = ScheduleKind.Cosine } },
        { "one-cycle", new() { Peak = 0.4, Kind = ScheduleKind.OneCycle } },
        { "step", new() { Peak = 0.4, Kind = ScheduleKind.Step, Milestones = [1, 3], Factor = 0.2 } },
    };

    /// <summary>Both sides compute in float64; PyTorch's cosine is a recursion, which adds rounding step by step.</summary>
    [Theory]
    [MemberData(nameof(Schedules))]
    public void Rates_ArePyTorchs(string name, LearningRate rate)
    {
        var expected = TrainingOracle.Array($"rate/{name}").Span<double>().ToArray();
        Assert.Equal(40, expected.Length);
        for (var step = 0; step < expected.Length; step++) Assert.Equal(expected[step], rate.Validated(4).At(step, 10, 4), 1e-12);
    }

    [Fact]
    public void WarmUp_RisesLinearly_AndTheScheduleTakesTheRest()
    {
        var rate = new LearningRate { Peak = 0.4, Kind = ScheduleKind.Cosine, WarmUp = 0.5 }.Validated(4);
        Assert.Equal([0.08, 0.16, 0.24, 0.32, 0.4, 0.4], Enumerable.Range(0, 6).Select(s => Math.Round(rate.At(s, 10, 4), 12)));
        Assert.Equal(0.2 * (1 + Math.Cos(Math.PI * 10 / 35)), rate.At(15, 10, 4), 1e-15);
    }

    [Fact]
    public void Constant_Stays() => Assert.Equal(0.1, new LearningRate { Peak = 0.1 }.At(1000, 10, 4));

    [Theory]
    [InlineData(0, 0, ScheduleKind.Constant, "learning rate")]
    [InlineData(double.NaN, 0, ScheduleKind.Constant, "learning rate")]
    [InlineData(1, 4, ScheduleKind.Cosine, "warm-up")]
    [InlineData(1, 1, ScheduleKind.OneCycle, "warm-up")]
    [InlineData(1, 0, ScheduleKind.Step, "milestones")]
    public void NonsenseSettings_AreRefused(double peak, double warm, ScheduleKind kind, string where)
    {
        var error = Assert.Throws<AuditException>(() => new LearningRate { Peak = peak, WarmUp = warm, Kind = kind }.Validated(4));
        Assert.Equal((AuditCode.Usage, where), (error.Code, error.Where));
    }

    [Fact]
    public void FallingMilestones_AreRefused() =>
        Assert.Throws<AuditException>(() => new LearningRate { Peak = 1, Kind = ScheduleKind.Step, Milestones = [3, 2] }.Validated(4));
}
