using OnnxAudit.Bundles;

namespace OnnxAudit.Checks;

/// <summary>A metric's value, or why there is none.</summary>
internal readonly record struct MetricValue(double Value, string? Problem)
{
    /// <summary>True when the value comes from the cell's samples, so that the samples decide whether two of them compare.</summary>
    internal bool IsOverSamples { get; init; }
}

/// <summary>Finds a metric by name: in the slice's numbers, and for all samples also in the timings and in the user's metrics of the variant.</summary>
internal static class MetricLookup
{
    internal static MetricValue Find(ICheckSource source, BundleCell cell, string kind, string name, string metric)
    {
        var slice = cell.Result.Slices.FirstOrDefault(s => s.Kind == kind && s.Name == name);
        if (slice is null) return new(double.NaN, $"{kind} '{name}' is missing in {source.Name}");
        double? inSlice = In(slice.Metrics, metric), inTiming = null, inUser = null;
        if (kind == "all")
        {
            inTiming = In(cell.Timing.Metrics, metric);
            inUser = In(source.Manifest.Variants.FirstOrDefault(v => v.Id == cell.Cell.Variant)?.Metrics ?? [], metric);
        }

        double[] found = [.. new[] { inSlice, inTiming, inUser }.OfType<double>().Distinct()];
        return found switch
        {
            [] => new(double.NaN, $"metric '{metric}' is missing in {source.Name}"),
            [double.NaN] => new(double.NaN, $"metric '{metric}' is undefined in {source.Name}"),
            [var value] => new(value, null) { IsOverSamples = inSlice is not null },
            _ => new(double.NaN, $"metric '{metric}' has different values in cell.json, timing.json and the user's metrics of {source.Name}"),
        };
    }

    private static double? In(IReadOnlyList<KeyValuePair<string, double>> metrics, string name)
    {
        foreach (var (key, value) in metrics)
            if (key == name) return value;
        return null;
    }
}
