using OnnxAudit.Geometry;

namespace OnnxAudit.Comparison.Behaviours;

/// <summary>What became of a sample between two models.</summary>
public enum Transition : byte
{
    /// <summary>Right before and after.</summary>
    BothRight,

    /// <summary>Wrong before and after.</summary>
    BothWrong,

    /// <summary>Right before, wrong after.</summary>
    Lost,

    /// <summary>Wrong before, right after.</summary>
    Gained,
}

/// <summary>A measure of the same samples under two models.</summary>
/// <param name="Name">E.g. "angle".</param>
/// <param name="Before">Under the first, [n].</param>
/// <param name="After">Under the second, [n].</param>
public sealed record PairedMeasure(string Name, float[] Before, float[] After);

/// <summary>The samples of one transition, and how their measures moved.</summary>
/// <param name="Kind">The transition.</param>
/// <param name="Samples">How many samples took it.</param>
/// <param name="Share">Of all samples; NaN without any.</param>
/// <param name="Changes">The distribution of after − before a measure, in the order given.</param>
public sealed record TransitionRow(Transition Kind, int Samples, double Share, IReadOnlyList<KeyValuePair<string, MeasureSummary>> Changes);

/// <summary>Transitions between two models over the same samples. Source: the four groups of arXiv:2206.07918, §6.</summary>
public static class Transitions
{
    /// <summary>The transition of every sample. before, after: not 0 where right, [n].</summary>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static Transition[] Of(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        if (before.Length != after.Length) throw new ArgumentException($"{after.Length} samples against {before.Length}", nameof(after));
        var kinds = new Transition[before.Length];
        for (var i = 0; i < kinds.Length; i++)
            kinds[i] = (before[i] != 0, after[i] != 0) switch
            {
                (true, true) => Transition.BothRight,
                (false, false) => Transition.BothWrong,
                (true, false) => Transition.Lost,
                (false, true) => Transition.Gained,
            };
        return kinds;
    }

    /// <summary>A row a kind, in the order of <see cref="Transition"/>; the summaries of an empty kind are NaN.</summary>
    /// <exception cref="ArgumentException">A measure has another number of samples.</exception>
    public static IReadOnlyList<TransitionRow> Summarise(Transition[] kinds, IReadOnlyList<PairedMeasure> measures)
    {
        foreach (var measure in measures)
            if (measure.Before.Length != kinds.Length || measure.After.Length != kinds.Length)
                throw new ArgumentException($"measure '{measure.Name}' is not of {kinds.Length} samples", nameof(measures));
        return [.. Enum.GetValues<Transition>().Select(kind =>
        {
            int[] rows = [.. Enumerable.Range(0, kinds.Length).Where(i => kinds[i] == kind)];
            return new TransitionRow(kind, rows.Length, (double)rows.Length / kinds.Length,
                [.. measures.Select(m => new KeyValuePair<string, MeasureSummary>(m.Name, MeasureSummary.Of([.. rows.Select(i => m.After[i] - m.Before[i])])))]);
        })];
    }
}
