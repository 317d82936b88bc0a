using System.Runtime.InteropServices;

namespace OnnxAudit.Comparison.Behaviours;

/// <summary>Samples whose prediction went from one class to another.</summary>
/// <param name="From">The base's prediction.</param>
/// <param name="To">The model's prediction.</param>
/// <param name="Samples">How many.</param>
/// <param name="Share">Of all changed predictions.</param>
/// <param name="Lost">Of these, right before.</param>
/// <param name="Gained">Of these, right after.</param>
public sealed record ChangedPair(int From, int To, int Samples, double Share, int Lost, int Gained);

/// <summary>How often a class is taken for another, before and after.</summary>
/// <param name="Label">The true class.</param>
/// <param name="Prediction">The class it is taken for.</param>
/// <param name="Before">Under the base.</param>
/// <param name="After">Under the model.</param>
public sealed record ConfusionChange(int Label, int Prediction, int Before, int After);

/// <summary>A sample and how far it moved.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Value">Its comparison value.</param>
public readonly record struct ChangedInstance(int Row, float Value);

/// <summary>What changed most.</summary>
public static class ChangedPairs
{
    /// <summary>The changed predictions by frequency, then class ids. Spans: [n].</summary>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static IReadOnlyList<ChangedPair> Of(ReadOnlySpan<int> before, ReadOnlySpan<int> after, ReadOnlySpan<int> labels)
    {
        CheckLengths(before, after, labels);
        var pairs = new Dictionary<(int From, int To), (int Samples, int Lost, int Gained)>();
        var changed = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            if (before[i] == after[i]) continue;
            changed++;
            var (samples, lost, gained) = pairs.GetValueOrDefault((before[i], after[i]));
            pairs[(before[i], after[i])] = (samples + 1, lost + (before[i] == labels[i] ? 1 : 0), gained + (after[i] == labels[i] ? 1 : 0));
        }

        return [.. pairs.Select(p => new ChangedPair(p.Key.From, p.Key.To, p.Value.Samples, (double)p.Value.Samples / changed, p.Value.Lost, p.Value.Gained))
            .OrderByDescending(p => p.Samples).ThenBy(p => p.From).ThenBy(p => p.To)];
    }

    /// <summary>The confusions whose count changed, by the size of the change, then class ids. Spans: [n].</summary>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static IReadOnlyList<ConfusionChange> Confusions(ReadOnlySpan<int> before, ReadOnlySpan<int> after, ReadOnlySpan<int> labels)
    {
        CheckLengths(before, after, labels);
        var counts = new Dictionary<(int Label, int Prediction), (int Before, int After)>();
        for (var i = 0; i < labels.Length; i++)
        {
            if (before[i] != labels[i]) CollectionsMarshal.GetValueRefOrAddDefault(counts, (labels[i], before[i]), out _).Before++;
            if (after[i] != labels[i]) CollectionsMarshal.GetValueRefOrAddDefault(counts, (labels[i], after[i]), out _).After++;
        }

        return [.. counts.Where(c => c.Value.Before != c.Value.After).Select(c => new ConfusionChange(c.Key.Label, c.Key.Prediction, c.Value.Before, c.Value.After))
            .OrderByDescending(c => Math.Abs(c.After - c.Before)).ThenBy(c => c.Label).ThenBy(c => c.Prediction)];
    }

    /// <summary>The rows of largest |value|, at most <paramref name="count"/>, equal ones by row; rows without change (0) are left out.</summary>
    public static IReadOnlyList<ChangedInstance> Instances(ReadOnlySpan<float> values, int count)
    {
        var all = new List<ChangedInstance>();
        for (var i = 0; i < values.Length; i++)
            if (values[i] != 0) all.Add(new ChangedInstance(i, values[i]));
        return [.. all.OrderByDescending(c => Math.Abs(c.Value)).ThenBy(c => c.Row).Take(count)];
    }

    private static void CheckLengths(ReadOnlySpan<int> before, ReadOnlySpan<int> after, ReadOnlySpan<int> labels)
    {
        if (before.Length != labels.Length || after.Length != labels.Length)
            throw new ArgumentException($"{before.Length} and {after.Length} predictions of {labels.Length} samples", nameof(labels));
    }
}
