using OnnxAudit.Geometry;

namespace OnnxAudit.Runs;

/// <summary>The scalar measures of every sample of a cell, gathered batch by batch for the summaries.</summary>
internal sealed class SampleMeasures(int count)
{
    private GeometryFlags _flags;

    /// <summary>1 where the prediction is the label.</summary>
    internal byte[] Correct { get; } = new byte[count];

    internal float[] Probability { get; } = new float[count];

    /// <summary>The largest class probability.</summary>
    internal float[] Confidence { get; } = new float[count];

    internal float[] Loss { get; } = new float[count];

    internal float[] Angle { get; } = new float[count];

    internal float[] Length { get; } = new float[count];

    internal float[] Margin { get; } = new float[count];

    /// <summary>How often a convention of the measures applied, in words; empty when none did.</summary>
    internal IEnumerable<string> Notes()
    {
        if (_flags.ZeroFeatures > 0) yield return FormattableString.Invariant($"{_flags.ZeroFeatures} samples have zero features: their angles are 90 degrees by convention");
        if (_flags.ZeroDirections > 0) yield return FormattableString.Invariant($"{_flags.ZeroDirections} class directions are zero: angles to them are 90 degrees by convention");
        if (_flags.SkippedPairs > 0) yield return FormattableString.Invariant($"{_flags.SkippedPairs} hyper-planes of nearly equal class directions are left out of the margins");
        if (_flags.BiasEvents > 0) yield return FormattableString.Invariant($"{_flags.BiasEvents} samples lie outside their predicted class's region without the bias");
    }

    internal void Take(int first, GeometryRows rows, bool geometry)
    {
        rows.Correct.CopyTo(Correct.AsSpan(first));
        rows.Probability.CopyTo(Probability.AsSpan(first));
        rows.Loss.CopyTo(Loss.AsSpan(first));
        rows.Confidence.CopyTo(Confidence.AsSpan(first));
        if (!geometry) return;
        rows.Angle.CopyTo(Angle.AsSpan(first));
        rows.Length.CopyTo(Length.AsSpan(first));
        rows.Margin.CopyTo(Margin.AsSpan(first));
        _flags += rows.Flags;
    }
}
