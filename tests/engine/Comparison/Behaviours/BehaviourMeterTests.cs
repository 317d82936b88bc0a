using OnnxAudit.Comparison.Behaviours;
using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Comparison.Behaviours;

public class BehaviourMeterTests
{
    private const int Classes = 4;

    /// <summary>Logits ln 1, ln 2, ln 5 (p⁰ = ⅛, ¼, ⅝) against ln 4, ln 2, ln 2 (p = ½, ¼, ¼), true class 2: everything by hand.</summary>
    [Fact]
    public void Metrics_OfOneSample_ByHand()
    {
        var meter = new BehaviourMeter(1, 3);
        float Log(double x) => (float)Math.Log(x);
        meter.Take(0, [Log(1), Log(2), Log(5)], [Log(4), Log(2), Log(2)], [2]);
        Near("correctness", 1, 0, -1);
        Near("error", 0, 1, 1);
        Near("confidence", 0.625, 0.25, -0.375);
        Near("confidence.ratio", null, null, 0.4);
        Near("logits.difference", Math.Log(10) / 3, Math.Log(16) / 3, Math.Log(1.6) / 3);
        Near("logits.absolute_difference", null, null, (Math.Log(4) + Math.Log(2.5)) / 3);
        Near("logits.argmax_difference", Math.Log(5), Math.Log(2), Math.Log(0.4));
        Near("logits.argmax_absolute_difference", null, null, Math.Log(2.5));
        Near("probability.argmax_ratio", null, null, 0.4);
        Near("logits.mse", null, null, (Math.Pow(Math.Log(4), 2) + Math.Pow(Math.Log(2.5), 2)) / 3);
        // ⅛·log₂(¼) + 0 + ⅝·log₂(2.5), within the ε of 1e-6.
        Near("kl", null, null, -0.25 + 0.625 * Math.Log2(2.5));
        Near("changed", null, null, 1);
        Assert.Equal((2, 0), (meter.BasePredictions[0], meter.Predictions[0]));
        Assert.Equal(12, meter.Behaviours.Count);

        void Near(string name, double? before, double? after, double comparison)
        {
            var found = meter.Behaviours.Single(b => b.Name == name);
            Assert.Equal(comparison, found.Comparison[0], 5e-6);
            Assert.Equal(before is null, found.Base is null);
            if (before is not null) Assert.Equal((double)before, found.Base![0], 5e-6);
            if (after is not null) Assert.Equal((double)after, found.Model![0], 5e-6);
        }
    }

    [Fact]
    public void Model_AgainstItself_HasNotChanged()
    {
        var (logits, labels) = Random(30, 1);
        var meter = new BehaviourMeter(30, Classes);
        meter.Take(0, logits, logits, labels);
        foreach (var behaviour in meter.Behaviours)
            Assert.All(behaviour.Comparison, v => Assert.Equal(behaviour.Name.EndsWith("ratio", StringComparison.Ordinal) ? 1 : 0, v));
    }

    [Fact]
    public void Blocks_DoNotMatter()
    {
        var ((before, labels), (after, _)) = (Random(31, 1), Random(31, 2));
        BehaviourMeter whole = new(31, Classes), parts = new(31, Classes);
        whole.Take(0, before, after, labels);
        for (int first = 0, count; first < 31; first += count)
        {
            count = Math.Min(7, 31 - first);
            parts.Take(first, before.AsSpan(first * Classes, count * Classes), after.AsSpan(first * Classes, count * Classes), labels.AsSpan(first, count));
        }

        Assert.All(whole.Behaviours.Zip(parts.Behaviours), pair => Assert.Equal(pair.First.Comparison, pair.Second.Comparison));
        Assert.Equal(whole.Predictions, parts.Predictions);
    }

    /// <summary>Softmax does not see a constant added to every logit, so nor do the measures of probability.</summary>
    [Fact]
    public void MeasuresOfProbability_IgnoreAShiftOfTheLogits()
    {
        var (logits, labels) = Random(20, 3);
        var meter = new BehaviourMeter(20, Classes);
        meter.Take(0, logits, [.. logits.Select(z => z + 8)], labels);
        foreach (var name in new[] { "confidence", "kl", "changed", "correctness" })
            Assert.All(meter.Behaviours.Single(b => b.Name == name).Comparison, v => Assert.Equal(0, v, 1e-5));
        Assert.All(meter.Behaviours.Single(b => b.Name == "logits.mse").Comparison, v => Assert.Equal(64, v, 1e-3));
    }

    [Fact]
    public void ClassesBothModelsRuleOut_HaveNotChanged()
    {
        var meter = new BehaviourMeter(1, 2);
        meter.Take(0, [float.NegativeInfinity, 1], [float.NegativeInfinity, 2], [1]);
        Assert.Equal(0.5f, meter.Behaviours.Single(b => b.Name == "logits.mse").Comparison[0]);
        Assert.Equal(0, meter.Behaviours.Single(b => b.Name == "kl").Comparison[0]);
    }

    [Fact]
    public void BrokenLogits_AreRefused_NamingTheSample()
    {
        var e = Assert.Throws<AuditException>(() => new BehaviourMeter(9, 2).Take(5, [1, 2, 1, 2], [1, 2, float.NaN, 2], [0, 0]));
        Assert.Equal("sample 6", e.Where);
    }

    private static (float[] Logits, int[] Labels) Random(int n, uint round)
    {
        var random = Philox.For(9, "behaviour");
        return ([.. Enumerable.Range(0, n * Classes).Select(i => 6 * Philox.ToUnit(random.Words(round, (ulong)i).A) - 3)], [.. Enumerable.Range(0, n).Select(i => i % Classes)]);
    }
}
