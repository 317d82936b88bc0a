using OnnxAudit.Geometry;
using OnnxAudit.Kernels;
using OnnxAudit.Tests.Oracles;

namespace OnnxAudit.Tests.Geometry;

public class GeometryMeterTests
{
    private static readonly float[] W = [1, 0, 3, 0.5f, 1.2f, -2];
    private static readonly float[] B = [2.5f, 0, 0.1f];

    public static TheoryData<string> Forms => [.. GeometryForm.All.Where(form => form.Supported).Select(form => form.Name)];

    /// <summary>Worked by hand from eq. 5 of arXiv:2206.07918: X = (1,0), logits 1, 3, 1.2, so class 1 is predicted.</summary>
    [Theory]
    [InlineData(MarginMode.PaperTrueLabel, 0, -0.0995037)]
    [InlineData(MarginMode.PredictedRegion, 0, -0.5843047)]
    [InlineData(MarginMode.SignedTrueLabel, 0, -0.9701425)]
    [InlineData(MarginMode.PaperTrueLabel, 1, 0.5843047)]
    [InlineData(MarginMode.PredictedRegion, 1, 0.5843047)]
    [InlineData(MarginMode.SignedTrueLabel, 1, 0.5843047)]
    public void Margin_FollowsItsMode(MarginMode mode, int label, double expected)
    {
        foreach (var form in GeometryForm.All.Where(form => form.Supported))
        {
            var rows = Measure(new ClassDirections(3, 2, W, default), new GeometryOptions(mode), form.Name, [1, 0], [1, 3, 1.2f], [label]);
            Assert.Equal(expected, rows.Margin[0], 1e-6);
            Assert.All(new[] { 0, 9.46232, 59.03624 }.Zip(rows.Angles.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
            Assert.Equal((1, label == 1 ? 1 : 0), (rows.Prediction[0], rows.Correct[0]));
            Assert.Equal(1, rows.Length[0]);
        }
    }

    [Theory]
    [InlineData(MarginMode.PaperTrueLabel)]
    [InlineData(MarginMode.PredictedRegion)]
    [InlineData(MarginMode.SignedTrueLabel)]
    public void BiasAwareMargin_AddsTheBiasToTheNumeratorOnly(MarginMode mode)
    {
        var directions = new ClassDirections(3, 2, W, B);
        var options = new GeometryOptions(mode, BiasAware: true);
        Assert.Equal(0.2425356, Measure(directions, options, "auto", [1, 0], [3.5f, 3, 1.3f], [0]).Margin[0], 1e-6);
        Assert.Equal(-0.2425356, Measure(directions, options, "auto", [1, 0], [3.5f, 3, 1.3f], [1]).Margin[0], 1e-6);
    }

    [Fact]
    public void Probability_IsTheSoftmaxOfTheRealLogits()
    {
        var rows = Measure(new ClassDirections(3, 2, W, default), new GeometryOptions(), "auto", [1, 0, 1, 0, 1, 0], [1, 3, 1.2f, 1, 3, 1.2f, 1, 3, 1.2f], [0, 1, 2]);
        Assert.Equal([0.1040533, 0.7688557, 0.1270910], rows.Probability.ToArray().Select(p => Math.Round(p, 7)));
        Assert.Equal(-Math.Log(0.7688557), rows.Loss[1], 1e-6);
    }

    [Fact]
    public void Confidence_IsTheLargestProbability_WhateverTheTrueClass()
    {
        var ninf = float.NegativeInfinity;
        var rows = new GeometryRows();
        rows.Predict([1, 3, 1.2f, 1, 3, ninf, -500, 500, 0, 2, 2, 2], [0, 2, 0, 1], 3);
        Assert.Equal([0.7688557, 0.8807971, 1, 0.3333333], rows.Confidence.ToArray().Select(c => Math.Round(c, 7)));
        Assert.Equal((0f, float.PositiveInfinity), (rows.Probability[1], rows.Loss[1]));
    }

    [Fact]
    public void Loss_StaysFinite_WhereTheProbabilityUnderflows()
    {
        var rows = Measure(new ClassDirections(3, 2, W, default), new GeometryOptions(), "auto", [1, 0], [-500, 500, float.NegativeInfinity], [0]);
        Assert.Equal((0f, 1000f), (rows.Probability[0], rows.Loss[0]));
    }

    [Fact]
    public void Prediction_IsTheFirstOfEqualLogits() =>
        Assert.Equal(1, Measure(new ClassDirections(3, 2, W, default), new GeometryOptions(), "auto", [1, 0], [0, 2, 2], [2]).Prediction[0]);

    [Fact]
    public void PredictedRegion_CountsPredictionsTheBiasDecided()
    {
        // Without bias class 1 wins; the real logits say class 0.
        var rows = Measure(new ClassDirections(3, 2, W, B), new GeometryOptions(MarginMode.PredictedRegion), "auto", [1, 0], [3.5f, 3, 1.3f], [0]);
        Assert.Equal(1, rows.Flags.BiasEvents);
        Assert.Equal(0.0995037, rows.Margin[0], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void ZeroFeaturesAndDirections_AreAtNinetyDegrees_AndCounted(string form)
    {
        var directions = new ClassDirections(3, 2, new float[] { 0, 0, 3, 0.5f, 1.2f, -2 }, default);
        var rows = Measure(directions, new GeometryOptions(), form, [0, 0, 1, 1], [0, 1, 0, 0, 1, 0], [0, 1]);
        Assert.Equal([90f, 90, 90, 90], rows.Angles[..4].ToArray());
        Assert.Equal((0f, 0f), (rows.Length[0], Math.Abs(rows.Margin[0])));
        Assert.Equal(new GeometryFlags(1, 1, 0, 0), rows.Flags);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void EqualDirections_AreSkipped_AndCounted(string form)
    {
        var directions = new ClassDirections(3, 2, new float[] { 1, 0, 1, 0, 0, 1 }, default);
        var rows = Measure(directions, new GeometryOptions(), form, [2, 1], [2, 2, 1], [0]);
        Assert.Equal(1 / Math.Sqrt(2), rows.Margin[0], 1e-6);
        Assert.Equal(1, rows.Flags.SkippedPairs);
    }

    [Fact]
    public void Margin_IsInfinite_WithOneClass()
    {
        var rows = Measure(new ClassDirections(1, 2, new float[] { 1, 2 }, default), new GeometryOptions(), "auto", [3, 4], [1], [0]);
        Assert.Equal((float.PositiveInfinity, 1f, 0f), (rows.Margin[0], rows.Probability[0], rows.Loss[0]));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Measures_AgreeWithTheLiteralTranscription(string form)
    {
        const int n = 50, m = 19, c = 6;
        var (features, weights, bias, logits, labels) = RandomModel(n, m, c);
        foreach (var mode in Enum.GetValues<MarginMode>())
        {
            foreach (var biasAware in new[] { false, true })
            {
                var rows = Measure(new ClassDirections(c, m, weights, bias), new GeometryOptions(mode, biasAware), form, features, logits, labels);
                var w = Enumerable.Range(0, c).Select(j => Doubles(weights.AsSpan(j * m, m))).ToArray();
                for (var i = 0; i < n; i++)
                {
                    var x = Doubles(features.AsSpan(i * m, m));
                    var z = Doubles(logits.AsSpan(i * c, c));
                    for (var j = 0; j < c; j++) Assert.Equal(GeometryReference.Angle(x, w[j]), rows.Angles[i * c + j], 1e-4);
                    var margin = GeometryReference.Margin(x, w, biasAware ? Doubles(bias) : null, labels[i], rows.Prediction[i], mode);
                    Assert.Equal(margin, rows.Margin[i], 1e-6 * Math.Abs(margin) + 1e-9);
                    Assert.Equal(GeometryReference.Length(x), rows.Length[i], 1e-6);
                    Assert.Equal(GeometryReference.Probability(z, labels[i]), rows.Probability[i], 1e-6);
                    Assert.Equal(rows.Angles[i * c + labels[i]], rows.Angle[i]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Measures_DependNeitherOnThreadsNorOnBatches(string form)
    {
        const int n = 210, m = 257, c = 101;
        var (features, weights, bias, logits, labels) = RandomModel(n, m, c);
        var directions = new ClassDirections(c, m, weights, bias);
        var one = Measure(directions, new GeometryOptions(), form, features, logits, labels);
        var many = Measure(directions, new GeometryOptions(), form, features, logits, labels, threads: 5);
        var last = Measure(directions, new GeometryOptions(), form, features[^m..], logits[^c..], labels[^1..]);
        Assert.Equal(one.Angles.ToArray(), many.Angles.ToArray());
        Assert.Equal(one.Margin.ToArray(), many.Margin.ToArray());
        Assert.Equal(one.Flags, many.Flags);
        Assert.Equal((one.Margin[n - 1], one.Length[n - 1]), (last.Margin[0], last.Length[0]));
    }

    /// <summary>More pair norms than are kept: every batch brings other classes, then the first ones come again.</summary>
    [Fact]
    public void Margins_HoldWithMoreClassesThanKeptPairNorms()
    {
        const int c = 30_000, m = 3, n = 150;
        var (features, weights, _, _, _) = RandomModel(n, m, c);
        var meter = new GeometryMeter(new ClassDirections(c, m, weights, default), new GeometryOptions(MarginMode.SignedTrueLabel), KernelSet.Choose("auto"), 2);
        var w = Enumerable.Range(0, c).Select(j => Doubles(weights.AsSpan(j * m, m))).ToArray();
        var rows = new GeometryRows();
        foreach (var batch in new[] { 0, 1, 0 })
        {
            int[] labels = [.. Enumerable.Range(0, n).Select(i => batch * n + i)];
            meter.Measure(features, new float[n * c], labels, rows);
            foreach (var i in new[] { 0, n - 1 })
            {
                var expected = GeometryReference.Margin(Doubles(features.AsSpan(i * m, m)), w, null, labels[i], 0, MarginMode.SignedTrueLabel);
                Assert.Equal(expected, rows.Margin[i], 1e-6 * Math.Abs(expected) + 1e-9);
            }
        }
    }

    [Fact]
    public void BadRows_AreNamed()
    {
        var directions = new ClassDirections(3, 2, W, default);
        void Refused(string message, float[] features, float[] logits, int label)
        {
            var meter = new GeometryMeter(directions, new GeometryOptions(), KernelSet.Choose("auto"), 1);
            var error = Assert.Throws<AuditException>(() => meter.Measure(features, logits, [label], new GeometryRows(), firstRow: 40));
            Assert.Equal(AuditCode.Invalid, error.Code);
            Assert.StartsWith(message, error.Message);
        }

        Refused("sample 40: found logit NaN of class 1", [1, 0], [1, float.NaN, 1], 0);
        Refused("sample 40: found logit +Inf of class 2", [1, 0], [1, 1, float.PositiveInfinity], 0);
        Refused("sample 40: found every logit −Inf", [1, 0], [float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity], 0);
        Refused("sample 40: found label 3; expected a class from 0 to 2", [1, 0], [1, 1, 1], 3);
        Refused("sample 40: found features that are not finite", [1, float.NaN], [1, 1, 1], 0);
    }

    [Fact]
    public void Directions_RefuseWeightsThatAreNotFinite()
    {
        var error = Assert.Throws<AuditException>(() => new ClassDirections(2, 2, new[] { 1, 2, float.NaN, 0 }, default));
        Assert.Equal((AuditCode.Invalid, "classifier head, class 1"), (error.Code, error.Where));
    }

    private static GeometryRows Measure(
        ClassDirections directions, GeometryOptions options, string form, float[] features, float[] logits, int[] labels, int threads = 1)
    {
        var rows = new GeometryRows();
        new GeometryMeter(directions, options, KernelSet.Choose(form), threads).Measure(features, logits, labels, rows);
        return rows;
    }

    private static (float[] Features, float[] Weights, float[] Bias, float[] Logits, int[] Labels) RandomModel(int n, int m, int c)
    {
        var random = Philox.For(5, "geometry test");
        ulong at = 0;
        float Next() => Philox.ToUnit(random.Words(0, at++).A) * 2 - 1;
        float[] Many(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];
        return (Many(n * m), Many(c * m), Many(c), Many(n * c), [.. Enumerable.Range(0, n).Select(i => i * 5 % c)]);
    }

    private static double[] Doubles(ReadOnlySpan<float> values)
    {
        var doubles = new double[values.Length];
        for (var i = 0; i < doubles.Length; i++) doubles[i] = values[i];
        return doubles;
    }
}
