namespace OnnxAudit.Geometry;

/// <summary>The whole columns of one cell, one row per sample in dataset order.</summary>
/// <param name="angle">Degrees to the true class direction.</param>
/// <param name="length">‖X‖₂.</param>
/// <param name="margin">Margin.</param>
/// <param name="probability">Softmax at the true class.</param>
/// <param name="correct">1 where the prediction is the label.</param>
public readonly ref struct GeometryColumns(
    ReadOnlySpan<float> angle, ReadOnlySpan<float> length, ReadOnlySpan<float> margin, ReadOnlySpan<float> probability, ReadOnlySpan<byte> correct)
{
    /// <summary>Degrees to the true class direction.</summary>
    public ReadOnlySpan<float> Angle { get; } = angle;

    /// <summary>‖X‖₂.</summary>
    public ReadOnlySpan<float> Length { get; } = length;

    /// <summary>Margin.</summary>
    public ReadOnlySpan<float> Margin { get; } = margin;

    /// <summary>Softmax at the true class.</summary>
    public ReadOnlySpan<float> Probability { get; } = probability;

    /// <summary>1 where the prediction is the label.</summary>
    public ReadOnlySpan<byte> Correct { get; } = correct;
}

/// <summary>Metrics of the geometry columns over all samples, a class, a group or any other set, whole and split by correct and wrong.</summary>
public static class GeometrySummary
{
    /// <summary>
    /// Figures of angle, length, margin and probability over the samples with these indices, each as NAME.FIGURE and, with
    /// <paramref name="split"/>, NAME.correct.FIGURE and NAME.wrong.FIGURE; figures as in <see cref="MeasureSummary.Metrics"/>, in that order.
    /// NaN over an empty set.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, double>> Of(GeometryColumns columns, ReadOnlySpan<int> samples, bool split = true)
    {
        var metrics = new List<KeyValuePair<string, double>>(108);
        Add(metrics, "angle", columns.Angle, columns.Correct, samples, split);
        Add(metrics, "length", columns.Length, columns.Correct, samples, split);
        Add(metrics, "margin", columns.Margin, columns.Correct, samples, split);
        Add(metrics, "probability", columns.Probability, columns.Correct, samples, split);
        return metrics;
    }

    /// <summary>The same over every sample.</summary>
    public static IReadOnlyList<KeyValuePair<string, double>> Of(GeometryColumns columns, bool split = true) =>
        Of(columns, [.. Enumerable.Range(0, columns.Correct.Length)], split);

    private static void Add(
        List<KeyValuePair<string, double>> metrics, string name, ReadOnlySpan<float> column, ReadOnlySpan<byte> correct, ReadOnlySpan<int> samples, bool split)
    {
        var values = new float[samples.Length];
        int right = 0, wrong = values.Length;
        foreach (var sample in samples)
        {
            if (correct[sample] != 0) values[right++] = column[sample];
            else values[--wrong] = column[sample];
        }

        metrics.AddRange(MeasureSummary.Of(values).Metrics(name));
        if (!split) return;
        metrics.AddRange(MeasureSummary.Of(values.AsSpan(0, right)).Metrics($"{name}.correct"));
        metrics.AddRange(MeasureSummary.Of(values.AsSpan(right)).Metrics($"{name}.wrong"));
    }
}
