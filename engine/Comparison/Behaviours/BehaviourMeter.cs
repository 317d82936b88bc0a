using OnnxAudit.Geometry;

namespace OnnxAudit.Comparison.Behaviours;

/// <summary>
/// Measures how a model behaves against its base, sample by sample, from the logits of both as they come in blocks. z, z⁰: logits of model and base [C]; p, p⁰:
/// their softmax; y: the true class; a: the base's prediction (first index on ties); ε = 1e-6. Memory: about 100 bytes a sample.
/// Source: the metrics of Compress and Compare (arXiv:2408.03274); differences and squares are of logits, ratios and KL of probabilities.
/// </summary>
public sealed class BehaviourMeter
{
    private const double Epsilon = 1e-6;

    private readonly int _classes;
    private readonly GeometryRows _before = new();
    private readonly GeometryRows _after = new();
    private readonly float[] _rightBefore, _rightAfter, _wrongBefore, _wrongAfter, _right, _wrong;
    private readonly float[] _confidenceBefore, _confidenceAfter, _confidence, _confidenceRatio;
    private readonly float[] _meanBefore, _meanAfter, _mean, _absolute, _topBefore, _topAfter, _top, _topAbsolute, _topRatio, _square, _divergence, _changed;

    /// <summary>A meter of that many samples and classes.</summary>
    public BehaviourMeter(int samples, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        _classes = classes;
        (BasePredictions, Predictions) = (new int[samples], new int[samples]);
        float[] Column() => new float[samples];
        (_rightBefore, _rightAfter, _right, _wrongBefore, _wrongAfter, _wrong) = (Column(), Column(), Column(), Column(), Column(), Column());
        (_confidenceBefore, _confidenceAfter, _confidence, _confidenceRatio) = (Column(), Column(), Column(), Column());
        (_meanBefore, _meanAfter, _mean, _absolute, _topBefore, _topAfter) = (Column(), Column(), Column(), Column(), Column(), Column());
        (_top, _topAbsolute, _topRatio, _square, _divergence, _changed) = (Column(), Column(), Column(), Column(), Column(), Column());
    }

    /// <summary>The base's predictions, [n].</summary>
    public int[] BasePredictions { get; }

    /// <summary>The model's predictions, [n].</summary>
    public int[] Predictions { get; }

    /// <summary>
    /// The metrics: correctness 1{ŷ = y}; error 1{ŷ ≠ y}; confidence p_y and its ratio (p_y + ε)/(p⁰_y + ε); of the logits the mean difference over classes, the
    /// mean absolute difference, the difference and absolute difference at a, and the mean squared difference; the ratio (p_a + ε)/(p⁰_a + ε);
    /// kl = max(0, Σ p⁰·log₂((p⁰ + ε)/(p + ε))) in bits; changed 1{ŷ ≠ a}.
    /// </summary>
    public IReadOnlyList<Behaviour> Behaviours =>
    [
        new("correctness", BehaviourTest.McNemar, _rightBefore, _rightAfter, _right),
        new("error", BehaviourTest.McNemar, _wrongBefore, _wrongAfter, _wrong),
        new("confidence", BehaviourTest.PairedT, _confidenceBefore, _confidenceAfter, _confidence),
        new("confidence.ratio", BehaviourTest.None, null, null, _confidenceRatio),
        new("logits.difference", BehaviourTest.PairedT, _meanBefore, _meanAfter, _mean),
        new("logits.absolute_difference", BehaviourTest.None, null, null, _absolute),
        new("logits.argmax_difference", BehaviourTest.PairedT, _topBefore, _topAfter, _top),
        new("logits.argmax_absolute_difference", BehaviourTest.None, null, null, _topAbsolute),
        new("probability.argmax_ratio", BehaviourTest.None, null, null, _topRatio),
        new("logits.mse", BehaviourTest.None, null, null, _square),
        new("kl", BehaviourTest.None, null, null, _divergence),
        new("changed", BehaviourTest.None, null, null, _changed),
    ];

    /// <summary>Takes a block of rows from <paramref name="first"/> on. baseLogits, logits: [n,C]; labels: [n].</summary>
    /// <exception cref="AuditException">Invalid: NaN or +Inf logits, or a label outside [0,C), naming the sample.</exception>
    public void Take(int first, ReadOnlySpan<float> baseLogits, ReadOnlySpan<float> logits, ReadOnlySpan<int> labels)
    {
        _before.Predict(baseLogits, labels, _classes, first);
        _after.Predict(logits, labels, _classes, first);
        _before.Prediction.CopyTo(BasePredictions.AsSpan(first));
        _after.Prediction.CopyTo(Predictions.AsSpan(first));
        Span<double> p0 = new double[_classes], p = new double[_classes];
        for (var row = 0; row < labels.Length; row++)
        {
            var i = first + row;
            (_rightBefore[i], _rightAfter[i]) = (_before.Correct[row], _after.Correct[row]);
            (_wrongBefore[i], _wrongAfter[i]) = (1 - _rightBefore[i], 1 - _rightAfter[i]);
            (_right[i], _wrong[i]) = (_rightAfter[i] - _rightBefore[i], _wrongAfter[i] - _wrongBefore[i]);
            (_confidenceBefore[i], _confidenceAfter[i]) = (_before.Probability[row], _after.Probability[row]);
            _confidence[i] = _confidenceAfter[i] - _confidenceBefore[i];
            _changed[i] = BasePredictions[i] != Predictions[i] ? 1 : 0;
            Vectors(i, labels[row], baseLogits.Slice(row * _classes, _classes), logits.Slice(row * _classes, _classes), p0, p);
        }
    }

    private void Vectors(int i, int label, ReadOnlySpan<float> z0, ReadOnlySpan<float> z, Span<double> p0, Span<double> p)
    {
        var top = BasePredictions[i];
        Softmax(z0, z0[top], p0);
        Softmax(z, z[Predictions[i]], p);
        double sum0 = 0, sum = 0, difference = 0, absolute = 0, square = 0, divergence = 0;
        for (var j = 0; j < z.Length; j++)
        {
            // A class both models rule out (−Inf) has not changed.
            var change = z[j] == z0[j] ? 0 : (double)z[j] - z0[j];
            sum0 += z0[j];
            sum += z[j];
            difference += change;
            absolute += Math.Abs(change);
            square += change * change;
            divergence += p0[j] * Math.Log2((p0[j] + Epsilon) / (p[j] + Epsilon));
        }

        double n = z.Length;
        (_meanBefore[i], _meanAfter[i], _mean[i]) = ((float)(sum0 / n), (float)(sum / n), (float)(difference / n));
        (_absolute[i], _square[i], _divergence[i]) = ((float)(absolute / n), (float)(square / n), (float)Math.Max(0, divergence));
        (_topBefore[i], _topAfter[i], _top[i]) = (z0[top], z[top], z[top] - z0[top]);
        _topAbsolute[i] = Math.Abs(_top[i]);
        _topRatio[i] = (float)((p[top] + Epsilon) / (p0[top] + Epsilon));
        _confidenceRatio[i] = (float)((p[label] + Epsilon) / (p0[label] + Epsilon));
    }

    private static void Softmax(ReadOnlySpan<float> z, float largest, Span<double> p)
    {
        double sum = 0;
        for (var j = 0; j < z.Length; j++) sum += p[j] = Math.Exp((double)z[j] - largest);
        for (var j = 0; j < z.Length; j++) p[j] /= sum;
    }
}
