using OnnxAudit.Compression;
using OnnxAudit.Training;
using OnnxAudit.Training.Tickets;

namespace OnnxAudit.Tests.Training.Tickets;

public class TicketSettingsTests
{
    private static readonly TrainingSettings Training = new() { Epochs = 30, Rate = new LearningRate { Peak = 0.1 } };

    /// <summary>The ramp to 10 % kept over ten epochs.</summary>
    [Fact]
    public void TheRamp_IsCubic()
    {
        var settings = new TicketSettings { Amount = 0.9, Scope = MaskScope.Global }.For(Training);
        double[] kept = [0.5, 0.3916, 0.3048, 0.2372, 0.1864, 0.15, 0.1256, 0.1108, 0.1032, 0.1004, 0.1, 0.1];
        Assert.Equal(kept, Enumerable.Range(0, kept.Length).Select(e => Math.Round(1 - settings.AmountAt(e), 4)).ToArray());
        Assert.Equal(0.9, settings.AmountAt(10));
    }

    [Theory]
    [InlineData(0.5, MaskScope.Global, 30, 0)]
    [InlineData(0.9, MaskScope.Layer, 30, 0)]
    [InlineData(0.9, MaskScope.Global, 4, 3)]
    [InlineData(0.9, MaskScope.Global, 1, 0)]
    public void TheRamp_EndsBeforeTheRun(double amount, MaskScope scope, int epochs, int ramp)
    {
        var settings = new TicketSettings { Amount = amount, Scope = scope }.For(Training with { Epochs = epochs });
        Assert.Equal(ramp, settings.Ramp);
        Assert.Equal(amount, settings.AmountAt(epochs - 1));
    }

    /// <summary>An amount of 0.9 keeps a tenth of 90 inputs: the papers scale by nine, the published programs by 81.</summary>
    [Theory]
    [InlineData(FanScale.None, 90)]
    [InlineData(FanScale.Paper, 9)]
    [InlineData(FanScale.Code, 81)]
    public void Deviation_IsThatOfTheScaledFan(FanScale scale, double fan) =>
        Assert.Equal(Math.Sqrt(2 / fan), new TicketSettings { Amount = 0.9, Scale = scale }.Deviation(90), 12);

    [Fact]
    public void Nonsense_IsRefused()
    {
        foreach (var amount in (double[])[-0.1, 1, 1.5, double.NaN]) Refused(new TicketSettings { Amount = amount });
        Refused(new TicketSettings { Amount = 0, Scale = FanScale.Code });
        Refused(new TicketSettings { Amount = 0.9, Scope = MaskScope.Global, Ramp = 30 });
        Refused(new TicketSettings { Amount = 0.9, Scope = MaskScope.Global, Ramp = -1 });
        Refused(new TicketSettings { Amount = 0.9, Ramp = 5 });
        Refused(new TicketSettings { Amount = 0.3, Scope = MaskScope.Global, Ramp = 5 });
        Refused(new TicketSettings { Amount = 0.9, Scope = MaskScope.Global }, Training with { Patience = 3 });
        Refused(new TicketSettings { Amount = 0.5 }, Training with { Held = HeldWeights.Zeros });
    }

    private static void Refused(TicketSettings settings, TrainingSettings? training = null) =>
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => settings.For(training ?? Training)).Code);
}
