namespace OnnxAudit.Comparison.Robustness;

/// <summary>Samples whose geometry stands by convention and not by measurement; correlations leave them out and count them.</summary>
public static class FlaggedSamples
{
    private const float RightAngle = 90;

    /// <summary>
    /// True where a feature has no length (its angle is 90° by convention), a measure is not finite, or the sample's class has no direction: the angle is then
    /// exactly 90° for every sample of the class, two at least. All spans: [n]; labels in [0, C).
    /// </summary>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static bool[] Of(ReadOnlySpan<float> angle, ReadOnlySpan<float> length, ReadOnlySpan<float> margin, ReadOnlySpan<int> labels)
    {
        var n = labels.Length;
        if (angle.Length != n || length.Length != n || margin.Length != n) throw new ArgumentException("columns of different lengths", nameof(labels));
        var classes = 0;
        foreach (var label in labels) classes = Math.Max(classes, label + 1);
        var (seen, right) = (new int[classes], new int[classes]);
        for (var i = 0; i < n; i++)
        {
            seen[labels[i]]++;
            if (angle[i] == RightAngle) right[labels[i]]++;
        }

        var flagged = new bool[n];
        for (var i = 0; i < n; i++)
        {
            var c = labels[i];
            flagged[i] = !float.IsFinite(angle[i]) || !float.IsFinite(length[i]) || !float.IsFinite(margin[i]) || length[i] == 0
                || (seen[c] > 1 && right[c] == seen[c]);
        }

        return flagged;
    }
}
